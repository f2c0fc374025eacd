/**
 * How large a student is, whether it is here or not.
 * @module
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { countParameters, type LlamaConfig, parseConfig } from '../../checkpoint/index.ts'

export type StudentShape = Pick<
  LlamaConfig,
  'hiddenSize' | 'intermediateSize' | 'layers' | 'vocabularySize' | 'contextLength'
> & {
  parameters: number
  /** Absent where the shape is guessed from the student's name. */
  config?: LlamaConfig
}

/** @throws {MisstepError} `model` when it is no model that the engines know */
export function readShape(folder: string): StudentShape {
  const file = join(folder, 'config.json')
  const config = parseConfig(JSON.parse(readFileSync(file, 'utf8')), file)
  const { hiddenSize, intermediateSize, layers, vocabularySize, contextLength } = config
  const parameters = countParameters(config)
  return { parameters, hiddenSize, intermediateSize, layers, vocabularySize, contextLength, config }
}

/** Of a name such as llama-2-7b-chat or SmolLM2-135M: the usual proportions of a Llama of that size. */
export function guessShape(student: string): StudentShape | undefined {
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
