/**
 * How large a student is that is not here.
 * @module
 */
import { basename } from 'node:path'
import type { ModelOutline } from '../../checkpoint/index.ts'

/** Of a name such as llama-2-7b-chat or SmolLM2-135M: the usual proportions of a Llama of that size. */
export function guessShape(student: string): ModelOutline | undefined {
  const [, size, unit] = /(?:^|[-_ ])(\d+(?:\.\d+)?)(b|m)(?:$|[-_ .])/i.exec(basename(student)) ?? []
  if (size === undefined) return undefined
  const parameters = Number(size) * (unit!.toLowerCase() === 'b' ? 1e9 : 1e6)
  // Twelve squares a layer, and a layer for each 128 of the width: 4096 and 32 for 7 billion.
  const hiddenSize = Math.max(128, Math.round(((parameters * 128) / 12) ** (1 / 3) / 128) * 128)
  return {
    parameters,
    hiddenSize,
    intermediateSize: Math.round(2.7 * hiddenSize),
    layers: Math.max(1, Math.round(parameters / (12 * hiddenSize ** 2))),
    vocabularySize: 32_000,
    contextLength: 4096,
  }
}
