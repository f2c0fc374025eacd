/**
 * Generates for many sequences at once: in each round, every sequence under way reads its next tokens in one batch.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { PAGE_POSITIONS } from './attention-kernel.ts'
import type { Decoder, Token } from './decoder.ts'
import { sampleToken } from './sample-token.ts'

/** Token ids, and how far the model has read them. */
export interface Sequence {
  ids: number[]
  /** How many of `ids` the model has read and still holds. */
  read: number
  /** Where its keys and values are; -1 while they are nowhere. */
  slot: number
}

export interface GenerateOptions {
  stopId: number
  maxTokens: number
  /** 0 is greedy. */
  temperature: number
  /** Needed where the temperature is not 0. */
  random: Random
  /** Asked after each token whether the answer ends with it. */
  isComplete?(tokenIds: readonly number[]): boolean
}

export interface Generated {
  tokenIds: number[]
  logProbabilities: number[]
  finish: 'stop' | 'length'
  /** True where the context ended it. */
  overflow: boolean
}

export interface Scheduler {
  readonly tokensRead: number
  /** Appends tokens to the sequence, which holds at least one that is not read, until it stops. */
  generate(sequence: Sequence, options: GenerateOptions): Promise<Generated>
  /** Gives up a sequence that is not under way. */
  release(sequence: Sequence): void
  /** Ends all work; what is under way is rejected. */
  close(): Promise<void>
}

interface Work extends Generated {
  sequence: Sequence
  options: GenerateOptions
  resolve(generated: Generated): void
  reject(error: unknown): void
}

/** A sequence that finds no free slot takes that of the one at rest that was used longest ago, else it waits. */
export function createScheduler(
  decoder: Decoder,
  { batchTokens, contextLength }: { batchTokens: number; contextLength: number },
): Scheduler {
  const waiting: Work[] = []
  const active = new Map<Sequence, Work>()
  /** In the order of their last use. */
  const resting = new Set<Sequence>()
  const freeSlots = Array.from({ length: decoder.slots }, (_, i) => decoder.slots - 1 - i)
  let running: Promise<void> | undefined
  let closed = false
  /** Set while a sequence waits because there were too few pages for all. */
  let crowded = false
  let tokensRead = 0

  const release = (sequence: Sequence) => {
    resting.delete(sequence)
    if (sequence.slot < 0) return
    decoder.reserve(sequence.slot, 0, 0)
    freeSlots.push(sequence.slot)
    sequence.slot = -1
    sequence.read = 0
  }

  const admit = () => {
    while (waiting.length > 0 && !crowded) {
      const { sequence } = waiting[0]!
      if (sequence.slot < 0) {
        const [oldest] = resting
        if (freeSlots.length === 0 && oldest) release(oldest)
        const slot = freeSlots.pop()
        if (slot === undefined) return
        sequence.slot = slot
      }
      resting.delete(sequence)
      active.set(sequence, waiting.shift()!)
    }
  }

  const leave = (work: Work) => {
    active.delete(work.sequence)
    resting.add(work.sequence)
    crowded = false
  }

  /** A sequence that has much to read takes over what another that began alike has read. */
  const adoptBeginning = (sequence: Sequence) => {
    let donor: Sequence | undefined
    let most = sequence.read + PAGE_POSITIONS - 1
    for (const other of [...active.keys(), ...resting]) {
      if (other === sequence || other.read <= most) continue
      // The last token is always read: what comes after it is asked for.
      const common = commonLength(sequence.ids, other.ids, Math.min(other.read, sequence.ids.length - 1))
      if (common > most) [donor, most] = [other, common]
    }
    if (!donor) return
    decoder.share(donor.slot, sequence.slot, most)
    sequence.read = most - (most % PAGE_POSITIONS)
  }

  /**
   * Gets pages for what a sequence reads next: if there are none left, from sequences at rest, then from those that came
   * last, which begin anew later. One that fills the whole cache alone always has room.
   */
  const makeRoom = ({ sequence }: Work, count: number): boolean => {
    while (!decoder.reserve(sequence.slot, sequence.read, sequence.read + count)) {
      const [oldest] = resting
      if (oldest) {
        release(oldest)
        continue
      }
      const last = [...active.values()].at(-1)!
      active.delete(last.sequence)
      release(last.sequence)
      waiting.unshift(last)
      crowded = true
      if (last.sequence === sequence) return false
    }
    return true
  }

  /** One token of each sequence, then more of those that have more to read, as far as there is room. */
  const chooseTokens = (works: readonly Work[]): Token[][] => {
    let room = batchTokens - works.length
    return works.map(({ sequence: { ids, read, slot }, options }) => {
      const count = 1 + Math.min(room, ids.length - read - 1)
      room -= count - 1
      return ids.slice(read, read + count).map((id, i) => {
        const asks = read + i === ids.length - 1
        return { id, slot, position: read + i, ...(asks && { temperature: options.temperature }) }
      })
    })
  }

  const takeToken = (work: Work, probabilities: Float32Array) => {
    const { sequence, options } = work
    const id = sampleToken(probabilities, options.temperature > 0 ? options.random : undefined)
    if (id < 0) {
      throw new MisstepError('model', 'The model gives no finite numbers', {
        advice: 'The checkpoint has diverged in training. Take an earlier one, or a lower learning rate.',
      })
    }
    sequence.ids.push(id)
    work.tokenIds.push(id)
    work.logProbabilities.push(Math.log(probabilities[id]!))
    work.overflow = id !== options.stopId && sequence.ids.length >= contextLength
    if (id === options.stopId || options.isComplete?.(work.tokenIds)) work.finish = 'stop'
    else if (work.tokenIds.length < options.maxTokens && !work.overflow) return
    leave(work)
    work.resolve(work)
  }

  const readBatch = async () => {
    const chosen = [...active.values()].slice(0, batchTokens)
    for (const { sequence } of chosen) {
      if (sequence.ids.length - sequence.read > PAGE_POSITIONS) adoptBeginning(sequence)
    }
    const batch = chooseTokens(chosen)
    const works = chosen.filter((work, i) => active.has(work.sequence) && makeRoom(work, batch[i]!.length))
    // Room for a later one may have been made at the cost of one before it.
    const kept = works.filter(work => active.has(work.sequence))
    const tokens = kept.map(work => batch[chosen.indexOf(work)]!)
    const probabilities = await decoder.read(tokens.flat())
    if (closed) return
    let answer = 0
    kept.forEach((work, i) => {
      work.sequence.read += tokens[i]!.length
      tokensRead += tokens[i]!.length
      if (tokens[i]!.at(-1)!.temperature !== undefined) takeToken(work, probabilities[answer++]!)
    })
  }

  const failAll = (error: unknown) => {
    for (const work of [...active.values()]) {
      leave(work)
      work.reject(error)
    }
  }

  const run = async () => {
    // Requests of the same turn of the event loop go into the same batch.
    await new Promise(setImmediate)
    for (admit(); active.size > 0 && !closed; admit()) await readBatch().catch(failAll)
    running = undefined
  }

  return {
    get tokensRead() {
      return tokensRead
    },
    release,
    generate: (sequence, options) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(interrupted())
        const result = { tokenIds: [], logProbabilities: [], finish: 'length' as const, overflow: false }
        waiting.push({ ...result, sequence, options, resolve, reject })
        running ??= run()
      }),
    async close() {
      if (closed) return
      closed = true
      await running
      for (const work of waiting.splice(0)) work.reject(interrupted())
      failAll(interrupted())
      await decoder.close()
    },
  }
}

/** How many ids two lists have in common at their beginning, `limit` at most. */
function commonLength(a: readonly number[], b: readonly number[], limit: number): number {
  let common = 0
  while (common < limit && a[common] === b[common]) common++
  return common
}

const interrupted = () => new MisstepError('interrupted', 'The model was closed while it was answering')
