/**
 * Counts what a model uses up, and stops when the budget is spent.
 * @module
 */
import type { ChatAnswer } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import type { ResolvedEndpoint } from './endpoint.ts'
import type { ReadAnswer } from './read-answer.ts'

/** What a model has used up. */
export interface Spent {
  requests: number
  tokensIn: number
  tokensOut: number
  /** In the currency of the endpoint's prices; absent where none are known. */
  cost?: number
  /** Requests that were sent again. */
  retries: number
}

export interface Meter {
  spent(): Spent
  /**
   * Waits until the budget has room for a request and holds that room.
   *
   * @returns what gives the room back
   * @throws {MisstepError} `budget` when there is none and no other request will give any back
   */
  admit(characters: number, maxTokens: number): Promise<() => void>
  /** Completes an answer with what it cost, and counts it. */
  take(answer: ReadAnswer, characters: number): ChatAnswer
  /** Counts an answer that was given and paid before. */
  recall(answer: ChatAnswer): void
  retried(): void
}

/** Tokens of a character of English, on the high side, until the endpoint has told its own. */
const TOKENS_OF_CHARACTER = 0.4

/**
 * The room for a request is estimated from its characters and its `maxTokens`, so that the budget is kept even while many
 * requests are under way: at most an estimate's error goes beyond it.
 */
export function createMeter({ model, price, budget = {} }: ResolvedEndpoint): Meter {
  if (budget.cost !== undefined && !price) {
    throw new MisstepError('usage', `A budget in money needs the prices of ${model}`, {
      advice: 'Add `price: { in, out }`, for a million tokens, or a budget in tokens.',
    })
  }
  const costOf = (tokensIn: number, tokensOut: number) =>
    price ? (tokensIn * price.in + tokensOut * price.out) / 1e6 : 0
  const total = { requests: 0, tokensIn: 0, tokensOut: 0, retries: 0 }
  const held = { requests: 0, tokensIn: 0, tokensOut: 0 }
  const known = { characters: 0, tokens: 0 }
  const isLimited = budget.tokens !== undefined || budget.cost !== undefined
  const waiting: (() => void)[] = []

  const tokensOf = (characters: number) =>
    Math.ceil(characters * (known.characters > 0 ? known.tokens / known.characters : TOKENS_OF_CHARACTER))
  const hasRoom = (tokensIn: number, tokensOut: number) => {
    const allIn = total.tokensIn + held.tokensIn + tokensIn
    const allOut = total.tokensOut + held.tokensOut + tokensOut
    return allIn + allOut <= (budget.tokens ?? Infinity) && costOf(allIn, allOut) <= (budget.cost ?? Infinity)
  }
  const spent = (): Spent => ({ ...total, ...(price && { cost: costOf(total.tokensIn, total.tokensOut) }) })
  const count = ({ tokensIn, tokensOut }: { tokensIn: number; tokensOut: number }) => {
    total.requests++
    total.tokensIn += tokensIn
    total.tokensOut += tokensOut
  }

  return {
    spent,
    async admit(characters, maxTokens) {
      if (!isLimited) return () => {}
      const tokensIn = tokensOf(characters)
      while (!hasRoom(tokensIn, maxTokens)) {
        if (held.requests === 0) throw overspent(model, budget, spent())
        await new Promise<void>(resolve => waiting.push(resolve))
      }
      const hold = (sign: 1 | -1) => {
        held.requests += sign
        held.tokensIn += sign * tokensIn
        held.tokensOut += sign * maxTokens
      }
      hold(1)
      return () => {
        hold(-1)
        for (const wake of waiting.splice(0)) wake()
      }
    },
    take(answer, characters) {
      const tokensIn = answer.tokensIn ?? (answer.overflow ? 0 : tokensOf(characters))
      const tokensOut = answer.tokensOut ?? answer.tokenIds?.length ?? tokensOf(answer.text.length)
      if (answer.tokensIn !== undefined && answer.tokensIn > 0) {
        known.characters += characters
        known.tokens += answer.tokensIn
      }
      count({ tokensIn, tokensOut })
      return { ...answer, tokensIn, tokensOut, ...(price && { cost: costOf(tokensIn, tokensOut) }) }
    },
    recall: count,
    retried: () => {
      total.retries++
    },
  }
}

function overspent(model: string, budget: object, spent: Spent): MisstepError {
  return new MisstepError('budget', `The budget for ${model} is spent`, {
    value: { budget, spent },
    advice: 'What was done is kept. Raise the budget and run the same command again: it goes on.',
  })
}
