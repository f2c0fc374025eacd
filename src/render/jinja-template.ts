/**
 * Any model's own chat template, rendered as transformers does.
 * @module
 */
import { Template } from '@huggingface/jinja'
import type { Message } from '../core/agent.ts'
import { MisstepError } from '../core/errors.ts'
import type { ChatTemplate } from './chat-template.ts'
import { findSoughtTexts } from './content-use.ts'
import type { TemplateNode } from './content-value.ts'
import type { Render } from './find-turns.ts'
import { hasStandIns, interpreted, outlined } from './outline.ts'
import { PYTHON_STRIPS, stripAsPython } from './python-strip.ts'
import { strftime } from './strftime.ts'

export interface JinjaTemplateOptions {
  /** What the template may ask for, such as `bos_token`. */
  names?: Readonly<Record<string, string>>
  /** The longest first; the one that follows an answer is the stop token. */
  specialTokens: readonly string[]
  /**
   * What the template is told that today is, also as `date_string`: rows of every day are the same. Default: 1 January
   * 2025, and of `date_string` what the template itself takes.
   */
  date?: Date
}

const FIRST_OF_2025 = new Date('2025-01-01T00:00:00Z')

/**
 * A chat template in Jinja; one that is proven to only copy what messages say is rendered from outlines.
 *
 * @throws {MisstepError} `model` when it is no template, or ends an answer with none of the special tokens
 */
export function createJinjaTemplate(source: string, options: JinjaTemplateOptions): ChatTemplate {
  const { specialTokens, date = FIRST_OF_2025 } = options
  const names = { ...options.names, ...(options.date && { date_string: strftime(date, '%d %b %Y') }) }
  const template = attempt(() => new Template(source))
  const program = template.parsed as unknown as TemplateNode
  // The library has a clock of its own under this name, and does not let go of it.
  renameIdentifier(program, 'strftime_now', 'strftime_then')
  const strftime_then = (format: string) => strftime(date, format)
  const globals = { ...names, ...PYTHON_STRIPS, tools: null, documents: null, strftime_then }
  const sought = hasStandIns(source + Object.values(names).join(''))
    ? undefined
    : findSoughtTexts(program, Object.keys(globals))
  stripAsPython(program)
  const interpret: Render = (messages, addGenerationPrompt) =>
    attempt(() =>
      template.render({ ...globals, messages: messages.map(toTemplate), add_generation_prompt: addGenerationPrompt }),
    )
  const stopToken = findStopToken(interpret, specialTokens)
  return { stopToken, ...(sought ? outlined(interpret, stopToken, sought) : interpreted(interpret, stopToken)) }
}

/** A message as transformers gives it to a template. */
function toTemplate({ role, content, toolCall }: Message): Record<string, unknown> {
  if (!toolCall) return { role, content }
  let args: unknown = toolCall.arguments
  try {
    args = JSON.parse(toolCall.arguments)
  } catch {
    // What is no JSON is written as it is.
  }
  return { role, content, tool_calls: [{ type: 'function', function: { name: toolCall.name, arguments: args } }] }
}

function renameIdentifier(node: unknown, from: string, to: string): void {
  if (typeof node !== 'object' || node === null) return
  const named = node as { type?: unknown; value?: unknown }
  if (named.type === 'Identifier' && named.value === from) named.value = to
  const parts = node instanceof Map ? [...node].flat() : Object.values(node)
  for (const part of parts) renameIdentifier(part, from, to)
}

const PROBE = 'probe'

function findStopToken(render: Render, specialTokens: readonly string[]): string {
  const text = render(
    [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: PROBE },
    ],
    false,
  )
  const after = text.slice(text.lastIndexOf(PROBE) + PROBE.length).trimStart()
  const stopToken = specialTokens.find(token => after.startsWith(token))
  if (stopToken !== undefined) return stopToken
  throw new MisstepError('model', 'The chat template ends an answer with no special token', {
    value: after,
    advice: 'Use a checkpoint that was made for conversations.',
  })
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new MisstepError('model', 'The chat template cannot be rendered', {
      cause,
      value: (cause as Error).message,
      advice: 'See chat_template in tokenizer_config.json.',
    })
  }
}
