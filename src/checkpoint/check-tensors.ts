/**
 * Whether tensors are those of a Llama model.
 * @module
 */
import { MisstepError } from '../core/errors.ts'
import { type LlamaConfig, type TensorShape, tensorShapes } from './config.ts'
import type { Tensor } from './safetensors.ts'

/** @throws {MisstepError} `model` when names and shapes are not exactly those of the config */
export function checkShapes(config: LlamaConfig, shapes: ReadonlyMap<string, TensorShape>, file: string): void {
  const expected = tensorShapes(config)
  for (const name of shapes.keys())
    if (!expected.has(name)) throw wrong(`Tensor ${name} is none of a Llama model's`, file)
  for (const [name, shape] of expected) {
    const found = shapes.get(name)
    if (!found) throw wrong(`Tensor ${name} is missing`, file)
    if (found.join() !== shape.join()) {
      throw wrong(`Tensor ${name} should have the shape [${shape}], as config.json says; it has`, file, found)
    }
  }
}

/** @throws {MisstepError} `model` when a value is not finite, or the values are not as many as the shape says */
export function checkValues(name: string, { shape, data }: Tensor, file: string): void {
  if (data.length !== shape.reduce((a, b) => a * b, 1)) {
    throw wrong(`Tensor ${name} has too few or too many values`, file)
  }
  // A sum that is finite proves that all are; only else is the value looked for.
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]!
  if (Number.isFinite(sum)) return
  const at = data.findIndex(value => !Number.isFinite(value))
  if (at >= 0) throw wrong(`Tensor ${name} has a value that is not finite, at ${at}`, file, String(data[at]))
}

/** Both checks, for tensors that are in memory. */
export function checkTensors(config: LlamaConfig, tensors: ReadonlyMap<string, Tensor>, file: string): void {
  checkShapes(config, new Map([...tensors].map(([name, { shape }]) => [name, shape])), file)
  for (const [name, tensor] of tensors) checkValues(name, tensor, file)
}

const wrong = (what: string, file: string, value?: unknown) =>
  new MisstepError('model', `${what} in ${file}`, { value, advice: 'Write or fetch the checkpoint again.' })
