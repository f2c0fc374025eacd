/**
 * A language model behind an OpenAI-compatible endpoint: vLLM, SGLang, llama.cpp, Ollama, `transformers serve`, hosted.
 * @module
 */
import { z } from 'zod'
import type { ChatAnswer, ChatModel } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import { type Endpoint, endpointSchema, type ResolvedEndpoint } from './endpoint.ts'
import { createExchanger } from './exchange.ts'
import { createMeter, type Spent } from './meter.ts'
import { keyOf, openRecord } from './record.ts'
import { createRequestWriter, type Letter, requestBody } from './request-body.ts'

export interface EndpointModelOptions {
  /**
   * A file that every exchange is appended to. What it holds already is answered from it: nothing is paid twice, and an
   * interrupted run goes on where it was. What it cost counts against the budget.
   */
  record?: string
  /** A recorded file: everything is answered from it, without the network. */
  replay?: string
  /** Once it is aborted, nothing is sent any more, and what is under way ends. */
  signal?: AbortSignal
  /** Where the key is looked up. Default: `process.env`. */
  environment?: NodeJS.ProcessEnv
  /** Seconds before a request is first sent again; doubles each time, up to a minute. Default 2. */
  firstWaitSeconds?: number
}

export interface EndpointModel extends ChatModel {
  /** What was used up so far: with the whole record where it goes on with one; the replayed part of it in a replay. */
  spent(): Spent
}

/**
 * Opens a model behind an endpoint. Nothing is sent before the first request.
 *
 * @throws {MisstepError} `usage` when the endpoint is not described right or the key is missing; `data` when the record
 * is damaged. Requests: `model` when the endpoint gives no answer, `budget` when the budget is spent, `data` when a
 * replay does not hold the answer, `interrupted` after `close` or when the signal is aborted
 * @example
 * const model = await createEndpointModel({ url: 'http://127.0.0.1:8000/v1', model: 'qwen2.5-7b-instruct' })
 * const messages = [{ role: 'user', content: 'You are in the middle of a room.' }]
 * const { text } = await model.complete({ messages, conversation: 'a', maxTokens: 40, temperature: 0, seed: '' })
 * await model.close()
 */
export async function createEndpointModel(given: Endpoint, options: EndpointModelOptions = {}): Promise<EndpointModel> {
  const { record: recordFile, replay, signal, environment = process.env, firstWaitSeconds = 2 } = options
  const endpoint = parseEndpoint(given)
  if (recordFile !== undefined && replay !== undefined) {
    throw new MisstepError('usage', 'A run is recorded or replayed, not both', {
      value: { record: recordFile, replay },
    })
  }
  const key = replay === undefined ? readKey(endpoint, environment) : undefined
  const meter = createMeter(endpoint)
  const write = createRequestWriter(endpoint)
  const file = replay ?? recordFile
  const record = file === undefined ? undefined : await openRecord(file, { append: replay === undefined })
  if (recordFile !== undefined) for (const answer of record?.answers ?? []) meter.recall(answer)
  const exchanger = createExchanger(endpoint, { key, firstWait: firstWaitSeconds * 1000, onRetry: meter.retried })
  /** Requests under way by key: the same one is sent, paid and recorded once. */
  const underWay = new Map<string, Promise<ChatAnswer>>()

  const ask = async (letter: Letter, maxTokens: number): Promise<ChatAnswer> => {
    const release = await meter.admit(letter.length, maxTokens)
    try {
      return meter.take(await exchanger.exchange(letter), letter.length)
    } finally {
      release()
    }
  }

  const close = () => {
    signal?.removeEventListener('abort', close)
    exchanger.close()
    record?.close()
  }
  signal?.addEventListener('abort', close)
  if (signal?.aborted) close()

  return {
    name: endpoint.model,
    ...(endpoint.contextLength !== undefined && { contextLength: endpoint.contextLength }),
    spent: meter.spent,
    async complete(request) {
      if (request.choices) throw cannotChoose(endpoint.model)
      const letter = write(request)
      if (!record) return ask(letter, request.maxTokens)
      const key = keyOf(letter.text())
      const known = record.find(key)
      if (known) {
        if (replay !== undefined) meter.recall(known)
        return known
      }
      if (replay !== undefined) throw notRecorded(replay, request.messages.at(-1)?.content)
      const same = underWay.get(key)
      if (same) return same
      const asked = ask(letter, request.maxTokens).then(answer => {
        record.add(key, request.conversation, requestBody(endpoint, request), answer)
        return answer
      })
      underWay.set(key, asked)
      try {
        return await asked
      } finally {
        underWay.delete(key)
      }
    },
    forget: conversation => record?.forget(conversation),
    close: async () => close(),
  }
}

function parseEndpoint(given: Endpoint): ResolvedEndpoint {
  const parsed = endpointSchema.safeParse(given)
  if (parsed.success) return parsed.data
  // Without the value: what was taken for the name of a variable may be the key itself.
  throw new MisstepError('usage', 'The endpoint is not described right', { advice: z.prettifyError(parsed.error) })
}

/** @throws {MisstepError} `usage` when the variable that holds the key is not set */
export function readKey({ key }: Pick<ResolvedEndpoint, 'key'>, environment: NodeJS.ProcessEnv): string | undefined {
  if (key === undefined) return undefined
  const value = environment[key]?.trim()
  if (value && /^[\x21-\x7e]+$/.test(value)) return value
  throw new MisstepError('usage', value ? 'The key has characters that no key has' : 'The key is not set', {
    value: key,
    advice: `Set the environment variable ${key}, or leave \`key\` out where the server needs none.`,
  })
}

function cannotChoose(model: string): MisstepError {
  return new MisstepError('usage', 'An endpoint cannot be held to the admissible actions', {
    value: model,
    advice:
      'Only the embedded engine tells how likely each action is. Leave `constrain` out, or evaluate a checkpoint.',
  })
}

function notRecorded(file: string, message: string | undefined): MisstepError {
  return new MisstepError('data', `The record ${file} holds no answer to this request`, {
    value: message,
    advice: 'The run differs from the recorded one in a prompt, the model, a seed or the version. Record it again.',
  })
}
