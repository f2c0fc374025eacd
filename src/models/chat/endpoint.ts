/**
 * What a recipe or a command line says of a model behind an OpenAI-compatible endpoint.
 * @module
 */
import { z } from 'zod'

const positive = z.number().positive()
const count = z.number().int().positive()

/** An address without anything secret in it: addresses are shown in errors, recipes and reports. */
const address = z.url({ protocol: /^https?$/ }).refine(text => {
  if (!URL.canParse(text)) return true
  const { username, password, hash } = new URL(text)
  return `${username}${password}${hash}` === ''
}, 'holds a name, a password or a fragment; name the variable of the key in `key` instead')

export const endpointSchema = z.strictObject({
  /** Up to where the paths of the API begin, such as `http://127.0.0.1:8000/v1`. */
  url: address,
  /** The model's name, as the server knows it. */
  model: z.string().min(1),
  /** The name of the environment variable that holds the key; never the key. */
  key: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'is the name of an environment variable in capitals, never the key itself')
    .optional(),
  /** For a million tokens. */
  price: z.strictObject({ in: z.number().nonnegative(), out: z.number().nonnegative() }).optional(),
  /** Requests under way at once. */
  requestsAtOnce: count.default(32),
  requestsPerMinute: positive.optional(),
  /** From sending a request to the end of its answer. */
  timeoutSeconds: positive.default(120),
  /** Times that a request is sent again; 6 outlast an endpoint that is away for a minute. */
  retries: z.number().int().nonnegative().default(6),
  /** Most tokens of a conversation; where it is not known, the server's refusals tell. */
  contextLength: count.optional(),
  /** Where it is spent, the work stops; what was done is kept. */
  budget: z.strictObject({ tokens: positive.optional(), cost: positive.optional() }).optional(),
  /** Merged into the body of each request, such as `{ top_p: 0.9 }`; a field that is null is left out of it. */
  extra: z.record(z.string(), z.unknown()).optional(),
})

/**
 * The address of a path of an API.
 *
 * @example
 * apiUrl('http://127.0.0.1:8000/v1/', 'models').href // 'http://127.0.0.1:8000/v1/models'
 */
export function apiUrl(base: string, path: string): URL {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  return url
}

/** An endpoint with all its defaults. */
export type ResolvedEndpoint = z.output<typeof endpointSchema>

/** An endpoint as it is written. */
export type Endpoint = z.input<typeof endpointSchema>
