/**
 * Which pages of the key/value cache belong to which conversation. Conversations that begin alike share the pages of
 * their beginning; a page is copied before one of them writes into it.
 * @module
 */
import { PAGE_POSITIONS } from './attention-kernel.ts'

export interface PageTables {
  /**
   * Makes room for positions up to `to`, of which those from `from` on will be written, and frees what lies beyond.
   * @returns false when there are too few pages; what was got is kept
   */
  reserve(slot: number, from: number, to: number): boolean
  /** Gives a slot the first `positions` of another's conversation, in place of what it holds: all pages that hold them. */
  share(from: number, to: number, positions: number): void
}

export interface PageTablesOptions {
  slots: number
  /** The address of a page that was never used; `undefined` when there is none left. */
  newPage(): number | undefined
  copyPage(from: number, to: number): void
  /** Writes an entry of a slot's table. */
  setEntry(slot: number, index: number, page: number): void
}

/** Empty tables. */
export function createPageTables({ slots, newPage, copyPage, setEntry }: PageTablesOptions): PageTables {
  const held: number[][] = Array.from({ length: slots }, () => [])
  const free: number[] = []
  const holders = new Map<number, number>()

  const take = () => {
    const page = free.pop() ?? newPage()
    if (page !== undefined) holders.set(page, 1)
    return page
  }
  const drop = (page: number) => {
    const left = holders.get(page)! - 1
    holders.set(page, left)
    if (left === 0) free.push(page)
  }
  const put = (slot: number, index: number, page: number) => {
    held[slot]![index] = page
    setEntry(slot, index, page)
  }

  return {
    reserve(slot, from, to) {
      const pages = held[slot]!
      const count = Math.ceil(to / PAGE_POSITIONS)
      while (pages.length > count) drop(pages.pop()!)
      for (let index = Math.floor(from / PAGE_POSITIONS); index < pages.length; index++) {
        const old = pages[index]!
        if (holders.get(old)! === 1) continue
        const page = take()
        if (page === undefined) return false
        copyPage(old, page)
        drop(old)
        put(slot, index, page)
      }
      while (pages.length < count) {
        const page = take()
        if (page === undefined) return false
        put(slot, pages.length, page)
      }
      return true
    },
    share(from, to, positions) {
      const shared = held[from]!.slice(0, Math.ceil(positions / PAGE_POSITIONS))
      // First, for the two may share pages already.
      for (const page of shared) holders.set(page, holders.get(page)! + 1)
      for (const page of held[to]!.splice(0)) drop(page)
      shared.forEach((page, index) => {
        put(to, index, page)
      })
    },
  }
}
