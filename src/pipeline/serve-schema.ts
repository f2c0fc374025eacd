/**
 * The part of a recipe that says who answers for a checkpoint when it plays.
 * @module
 */
import { z } from 'zod'
import { count } from './schema-parts.ts'

/** A server of the user's that speaks the chat protocol, such as vLLM; it is started for each checkpoint that plays. */
export const serveSchema = z.strictObject({
  /**
   * Starts it on 127.0.0.1. `{checkpoint}` (a folder), `{name}`, `{port}` (a free one) and `{python}` (that of
   * `train.trl.python`, or `$MISSTEP_PYTHON`) are filled in.
   */
  command: z.array(z.string().min(1)).min(1),
  /** What requests call the model. */
  model: z.string().min(1).default('{name}'),
  /** Requests under way at once. */
  requestsAtOnce: count.default(64),
  /** How long it may take until it answers. */
  readySeconds: z.number().positive().default(1800),
  /** How long an answer may take. */
  timeoutSeconds: z.number().positive().default(600),
})
export type Serve = z.output<typeof serveSchema>

/** What stands for the braces of a command. */
export interface ServeWords {
  checkpoint: string
  name: string
  port: string
  python: string
}

/** The command, and the model's name, with the braces filled in. */
export function fillServe({ command, model }: Serve, words: ServeWords): { command: string[]; model: string } {
  const fill = (text: string) =>
    text.replaceAll(/\{(checkpoint|name|port|python)\}/g, (_, key: keyof ServeWords) => words[key])
  return { command: command.map(fill), model: fill(model) }
}
