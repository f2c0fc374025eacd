/**
 * Reads what an endpoint sent: an answer of a chat, or why there is none.
 * @module
 */
import { z } from 'zod'
import type { ChatAnswer } from '../../core/agent.ts'
import { parseJson } from '../../core/parse-json.ts'
import type { Posted } from './post.ts'
import { readRetryAfter, type Trouble } from './trouble.ts'

const contentSchema = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()])
const callSchema = z.object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })
const tokenSchema = z.object({ token: z.string().optional(), logprob: z.number() })

/** What is used of an answer; servers add much more. What does not matter to the text may be missing or odd. */
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: contentSchema.optional(), tool_calls: z.array(callSchema).nullish() }),
        finish_reason: z.string().nullish(),
        logprobs: z
          .object({ content: z.array(tokenSchema).nullish() })
          .nullish()
          .catch(undefined),
        /** vLLM, where the request has `return_token_ids`. */
        token_ids: z.array(z.number().int()).nullish().catch(undefined),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.number().nonnegative(), completion_tokens: z.number().nonnegative() })
    .nullish()
    .catch(undefined),
})

/** An answer before it is known what it costs; the counts are absent where the server does not tell them. */
export type ReadAnswer = Omit<ChatAnswer, 'tokensIn' | 'tokensOut' | 'cost'> & { tokensIn?: number; tokensOut?: number }

/** @throws never: whatever came is an answer or a trouble */
export function readAnswer({ status, type, retryAfter, body }: Posted): ReadAnswer | Trouble {
  if (status !== 200) return readRefusal(status, body, readRetryAfter(retryAfter))
  if (type !== 'application/json' && !type.endsWith('+json')) {
    return {
      what: `The endpoint answered ${type || 'something without a content type'} in place of JSON`,
      value: body,
      advice: 'Is the url that of an OpenAI-compatible API? It often ends in /v1.',
      again: 'proven',
    }
  }
  const parsed = completionSchema.safeParse(parseJson(body))
  if (parsed.success) return toAnswer(parsed.data)
  return {
    what: 'The endpoint sent no answer of a chat',
    value: body,
    advice: 'Is the url that of an OpenAI-compatible API? Look into the log of the server.',
    again: 'yes',
  }
}

function toAnswer({ choices, usage }: z.output<typeof completionSchema>): ReadAnswer {
  const { message, finish_reason, logprobs, token_ids } = choices[0]!
  const { content } = message
  const call = message.tool_calls?.[0]?.function
  const tokens = logprobs?.content ?? undefined
  const tokenIds = token_ids ?? namedIds(tokens)
  return {
    text: typeof content === 'string' ? content : (content ?? []).map(part => part.text ?? '').join(''),
    ...(tokenIds && { tokenIds }),
    ...(tokens && { logProbabilities: tokens.map(token => token.logprob) }),
    ...(call && { toolCall: { name: call.name, arguments: writeArguments(call.arguments) } }),
    finish: finish_reason === 'length' ? 'length' : 'stop',
    ...(finish_reason && !/^(stop|length)$/.test(finish_reason) && { finishReason: finish_reason }),
    ...(usage && { tokensIn: usage.prompt_tokens, tokensOut: usage.completion_tokens }),
  }
}

/** The protocol has them as a text; some servers send the object itself. */
const writeArguments = (given: unknown) => (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))

/** vLLM with `return_tokens_as_token_ids` writes a token as `token_id:42`. */
function namedIds(tokens: readonly { token?: string | undefined }[] | undefined): number[] | undefined {
  const ids = tokens?.map(({ token }) => Number(/^token_id:(\d+)$/.exec(token ?? '')?.[1] ?? Number.NaN))
  return ids && ids.length > 0 && ids.every(id => !Number.isNaN(id)) ? ids : undefined
}

/** How vLLM, SGLang, llama.cpp, TGI and the hosted ones say that a conversation is too long. */
const TOO_LONG =
  /context_length_exceeded|exceed_context_size|context[ -](length|window|size)|longer than the model|prompt is too long|max_new_tokens. must be/i
/** A server that has failed may not fail again; what it does not know, it will not know. */
const mayHelpAgain = (status: number) =>
  [408, 425, 429].includes(status) || (status >= 500 && ![501, 505].includes(status))
/** From whoever stands before a server that does not answer. */
const AWAY = new Set([502, 503, 504, 521, 522, 523, 524])

function readRefusal(status: number, body: string, wait: number | undefined): ReadAnswer | Trouble {
  if ([400, 413, 422].includes(status) && TOO_LONG.test(body)) return { text: '', finish: 'length', overflow: true }
  const quota = status === 429 && /insufficient_quota/.test(body)
  return {
    what: `The endpoint answered ${status}`,
    value: wordsOf(body),
    advice: quota ? 'Nothing is left to pay with. The same command goes on once there is.' : adviceFor(status, body),
    again: mayHelpAgain(status) && !quota ? 'yes' : 'no',
    ...(status === 429 && { slowDown: true }),
    ...(AWAY.has(status) && { away: true }),
    ...(wait !== undefined && { wait }),
  }
}

function adviceFor(status: number, body: string): string {
  if (status === 401 || status === 403) return 'Does the variable that `key` names hold the right key?'
  if (status === 404) return 'Is there such a model, and is the url right? It often ends in /v1.'
  if (status === 429) return 'Lower requestsAtOnce, or set requestsPerMinute.'
  if (status < 500) {
    const extra = /max_completion_tokens/.test(body)
      ? '`extra: { max_tokens: null, max_completion_tokens: 512 }`'
      : '`extra: { field: null }`, which leaves it out,'
    return `The server does not take a field of the request: ${extra} goes into the endpoint's YAML file, beside url and model.`
  }
  return 'Look into the log of the server; the same command goes on.'
}

/** The error's message where the body has one. */
function wordsOf(body: string): string {
  const error = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) }).safeParse(parseJson(body))
  if (!error.success) return body
  return typeof error.data.error === 'string' ? error.data.error : error.data.error.message
}
