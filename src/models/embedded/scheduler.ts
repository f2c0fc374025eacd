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

export interface ReadOptions {
  /** The first position that is asked about. */
  from: number
  /** Takes the probabilities of the token after a position, as the model gives them; they are valid during the call only. */
  take(probabilities: Float32Array, position: number): void
  /** A sequence that this one begins with and that is at rest: what is held of it is taken over. */
  parent?: Sequence
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
  /**
   * Reads what is not read of a sequence, and gives what it says about the tokens after some of its positions.
   * @returns when all is read
   */
  read(sequence: Sequence, options: ReadOptions): Promise<void>
  /** Gives up a sequence that is not under way. */
  release(sequence: Sequence): void
  /** Ends all work; what is under way is rejected. */
  close(): Promise<void>
}

interface Work extends Pick<ReadOptions, 'parent' | 'take'> {
  sequence: Sequence
  /** Asked about are all positions from here on. */
  from: number
  temperature: number
  isDone: boolean
  resolve(): void
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
      const { sequence, parent } = waiting[0]!
      if (sequence.slot < 0) {
        const [oldest] = resting
        // What lives for a moment waits for others of its kind, rather than take the place of a conversation.
        if (parent && freeSlots.length === 0 && [...active.values()].some(work => work.parent)) return
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
    // Whole pages: one that is shared in part is copied before it is written to.
    sequence.read = most - (most % PAGE_POSITIONS)
    decoder.share(donor.slot, sequence.slot, sequence.read)
  }

  /** A sequence that has just begun takes over all that is held of its parent. */
  const adoptParent = ({ sequence, parent }: Work) => {
    if (!parent || parent.slot < 0 || sequence.read > 0 || parent.read === 0) return
    decoder.share(parent.slot, sequence.slot, parent.read)
    sequence.read = Math.min(parent.read, sequence.ids.length - 1)
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
    return works.map(({ sequence: { ids, read, slot }, from, temperature }) => {
      const count = 1 + Math.min(room, ids.length - read - 1)
      room -= count - 1
      return ids.slice(read, read + count).map((id, i) => {
        const position = read + i
        return { id, slot, position, ...(position >= from && { temperature }) }
      })
    })
  }

  const readBatch = async () => {
    const chosen = [...active.values()].slice(0, batchTokens)
    for (const work of chosen) {
      const { sequence } = work
      adoptParent(work)
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
      for (const { position, temperature } of tokens[i]!) {
        if (temperature !== undefined) work.take(probabilities[answer++]!, position)
      }
      if (!work.isDone && work.sequence.read < work.sequence.ids.length) return
      leave(work)
      work.resolve()
    })
  }

  const failAll = (error: unknown) => {
    for (const work of [...active.values()]) {
      leave(work)
      work.reject(error)
    }
  }

  const enqueue = (workOf: (settle: Pick<Work, 'resolve' | 'reject'>) => Work) =>
    new Promise<void>((resolve, reject) => {
      if (closed) return reject(interrupted())
      waiting.push(workOf({ resolve, reject }))
      running ??= run()
    })

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
    async read(sequence, { from, take, parent }) {
      await enqueue(work => ({
        sequence,
        from,
        temperature: 0,
        take,
        ...(parent && { parent }),
        isDone: false,
        ...work,
      }))
    },
    async generate(sequence, options) {
      const { temperature, random, stopId, maxTokens } = options
      const generated: Generated = { tokenIds: [], logProbabilities: [], finish: 'length', overflow: false }
      const { tokenIds, logProbabilities } = generated
      const isOver = (id: number) => {
        generated.overflow = id !== stopId && sequence.ids.length >= contextLength
        if (id !== stopId && !options.isComplete?.(tokenIds)) return tokenIds.length >= maxTokens || generated.overflow
        generated.finish = 'stop'
        return true
      }
      await enqueue(settle => {
        const work: Work = {
          sequence,
          from: sequence.ids.length - 1,
          temperature,
          isDone: false,
          take(probabilities) {
            const id = sampleToken(probabilities, temperature > 0 ? random : undefined)
            if (id < 0) {
              throw new MisstepError('model', 'The model gives no finite numbers', {
                advice: 'The checkpoint has diverged in training. Take an earlier one, or a lower learning rate.',
              })
            }
            sequence.ids.push(id)
            tokenIds.push(id)
            logProbabilities.push(Math.log(probabilities[id]!))
            work.from++
            work.isDone = isOver(id)
          },
          ...settle,
        }
        return work
      })
      return generated
    },
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
