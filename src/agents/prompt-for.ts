/**
 * What an environment tells a model first.
 * @module
 */
import type { Environment } from '../core/environment.ts'

/**
 * The environment's prompt; for a model that was not trained here (`explain`), its guide as well.
 *
 * @example
 * createChatAgent({ model, prompt: promptFor(environment, true), explain: true })
 */
export function promptFor({ prompt, guide = '' }: Pick<Environment, 'prompt' | 'guide'>, explain: boolean): string {
  return [prompt, explain ? guide : ''].filter(part => part !== '').join('\n\n')
}
