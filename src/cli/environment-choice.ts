/**
 * Which environment a command line means, with its options.
 * @module
 */
import { InvalidArgumentError } from 'commander'
import { parse } from 'yaml'

/** Collects `key=value` of a repeated option; values are read as in YAML: `3`, `true`, `[boil, melt]`. */
export function keyValue(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [, key, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? []
  if (key === undefined) throw new InvalidArgumentError('It must be key=value, such as profile=2.1.1-react.')
  try {
    // A version such as 2.1 is no number where it has three parts; a path with a tilde is a text.
    return { ...before, [key]: parse(value!) ?? value }
  } catch {
    return { ...before, [key]: value }
  }
}
