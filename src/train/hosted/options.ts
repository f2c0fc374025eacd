/**
 * What a user says of a fine-tuning at a provider.
 * @module
 */
import { z } from 'zod'

/** Plain HTTP would show the key to everyone on the way; on this machine there is nobody on the way. */
const isSafe = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.username || url.password || url.hash) return false
  return url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
}

export const hostedOptionsSchema = z.strictObject({
  /** Up to where the paths of the API begin. */
  url: z
    .string()
    .refine(isSafe, 'must be an https address without a name or a password in it')
    .default('https://api.openai.com/v1'),
  /** The name of the environment variable that holds the key; never the key. */
  key: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'is the name of an environment variable in capitals, never the key itself')
    .default('OPENAI_API_KEY'),
  /** The model to start from, as the provider knows it. */
  model: z.string().min(1),
  /** Rows as `misstep export --to openai` writes them. */
  file: z.string().min(1),
  /** A file, not there at first, that a later call goes on from. */
  state: z.string().min(1),
  /** Added by the provider to the new model's name. */
  suffix: z.string().max(64).optional(),
  seed: z.int().optional(),
  /** Of the provider's supervised method, such as `{ n_epochs: 3 }`. */
  hyperparameters: z.record(z.string(), z.unknown()).default({}),
  /** Seconds between two questions how far it is. */
  pollSeconds: z.number().positive().default(20),
  /** Seconds that the provider may be away before this gives up; the job goes on there. */
  patienceSeconds: z.number().positive().default(1800),
})

/** As a user writes them. */
export type HostedOptions = z.input<typeof hostedOptionsSchema>
/** With all defaults. */
export type ResolvedHostedOptions = z.output<typeof hostedOptionsSchema>
