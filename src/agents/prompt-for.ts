/**
 * What an environment tells a model first.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import { toldFirst } from './formats/agent-format.ts'

/**
 * The environment's prompt; for a model that was not trained here (`explain`), its guide as well.
 *
 * @example
 * createChatAgent({ model, prompt: promptFor(environment, true), explain: true })
 */
export function promptFor({ prompt, guide = '' }: Pick<Environment, 'prompt' | 'guide'>, explain: boolean): string {
  return toldFirst({ prompt, explain }, guide)
}
