/**
 * Asks an endpoint which models it has.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { parseJson } from '../core/parse-json.ts'
import { readKey } from './chat/chat-model.ts'
import { apiUrl, type ResolvedEndpoint } from './chat/endpoint.ts'
import { hide } from './chat/exchange.ts'
import { mediaType, type Posted, tooSlow, troubleOf } from './chat/post.ts'
import { readAnswer } from './chat/read-answer.ts'
import { isTrouble, type Trouble } from './chat/trouble.ts'

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) })
const SECONDS = 10
const NO_LIST = {
  what: 'The endpoint does not say which models it has',
  value: undefined,
  advice: 'Is the url that of an OpenAI-compatible API? It often ends in /v1.',
}

/**
 * The names of the models behind an endpoint, as it tells them under `/models`.
 *
 * @param environment where the key is looked up; default `process.env`
 * @throws {MisstepError} `usage` when the key is not set; `model` when there is no list to be had, with the cause
 * @example
 * await listModels({ url: 'http://127.0.0.1:8000/v1' }) // ['qwen2.5-7b-instruct']
 */
export async function listModels(
  endpoint: Pick<ResolvedEndpoint, 'url' | 'key'>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const key = readKey(endpoint, environment)
  const address = apiUrl(endpoint.url, 'models')
  const posted = await get(address, key)
  const listed = isTrouble(posted) || posted.status !== 200 ? undefined : parseJson(posted.body)
  const models = modelsSchema.safeParse(listed).data?.data
  if (models) return models.map(({ id }) => id)
  const read = isTrouble(posted) ? posted : listed === undefined ? readAnswer(posted) : undefined
  const { what, value, advice } = read && isTrouble(read) ? read : NO_LIST
  throw new MisstepError('model', what, {
    value: value === undefined ? `${address.origin}${address.pathname}` : hide(value, key),
    advice: isTrouble(posted)
      ? advice
      : `${advice} Where it has no list, name the model: --name, or --model of a teacher.`,
  })
}

async function get(address: URL, key: string | undefined): Promise<Posted | Trouble> {
  const what = (how: string) => `The endpoint ${address.origin} ${how}`
  const { request } = await import('undici')
  const signal = AbortSignal.timeout(SECONDS * 1000)
  try {
    const { statusCode, headers, body } = await request(address, {
      signal,
      headers: { accept: 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    })
    return { status: statusCode, type: mediaType(headers['content-type']), body: await body.text() }
  } catch (error) {
    return signal.aborted ? tooSlow(what, SECONDS) : troubleOf(error as Error, false, what)
  }
}
