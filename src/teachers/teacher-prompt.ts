/**
 * What a teacher is asked: a text file with places to fill in.
 * @module
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MisstepError } from '../core/errors.ts'

/** The places of a prompt file, written as `{{step}}`. */
export const PLACES = {
  rules: 'what the environment tells an agent before its first episode',
  task: 'the task and the first observation',
  history: 'the steps before the latest one, with their observations',
  step: 'the latest step, with its observation where it was executed',
  hints: 'nothing, unless the teacher sees everything',
  moment: 'one sentence: whether the corrected step comes after the wrong one or in its place',
} as const
export type Place = keyof typeof PLACES

/** Without them there is nothing to judge. */
const NEEDED: readonly Place[] = ['task', 'history', 'step']

export interface TeacherPrompt {
  /** The file's text. */
  readonly text: string
  fill(values: Readonly<Record<Place, string>>): string
}

/** The file that comes with the package. */
const defaultTeacherPrompt = (): string => fileURLToPath(new URL('../../prompts/teacher.md', import.meta.url))

/**
 * Reads a prompt file.
 *
 * @param path default: `prompts/teacher.md` of the package
 * @throws {MisstepError} `usage` when it cannot be read, names a place that there is not, or lacks one that is needed
 * @example
 * const prompt = readTeacherPrompt('my-teacher.md')
 */
export function readTeacherPrompt(path: string = defaultTeacherPrompt()): TeacherPrompt {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MisstepError('usage', "The teacher's prompt cannot be read", {
      value: path,
      advice: `${(cause as Error).message}. Copy prompts/teacher.md of the package, and change the copy.`,
      cause,
    })
  }
  return parseTeacherPrompt(text, path)
}

const PLACE = /\{\{\s*(.*?)\s*\}\}/g

/** The same from a text; `path` is for errors. */
export function parseTeacherPrompt(text: string, path = 'prompt'): TeacherPrompt {
  const named = [...text.matchAll(PLACE)].map(([, name]) => name!)
  const unknown = named.find(name => !Object.hasOwn(PLACES, name))
  const missing = NEEDED.find(name => !named.includes(name))
  if (unknown !== undefined || missing !== undefined) {
    const what = unknown !== undefined ? 'names a place that there is not' : 'lacks a place that is needed'
    const places = Object.entries(PLACES).map(([name, about]) => `\n  {{${name}}}  ${about}`)
    throw new MisstepError('usage', `The teacher's prompt ${path} ${what}`, {
      value: `{{${unknown ?? missing}}}`,
      advice: `The places are:${places.join('')}`,
    })
  }
  // In one pass, since what is filled in may hold braces of its own; and no line of it may pass for the end of the record.
  const fill: TeacherPrompt['fill'] = values =>
    text.replace(PLACE, (_, name: Place) => values[name].replace(/^(?===)/gm, ' '))
  return { text, fill }
}
