/**
 * All of a model's parameters in one array, so that optimiser and worker threads deal with a single block of memory.
 * @module
 */
import { type LlamaConfig, type Tensor, tensorShapes } from '../../checkpoint/index.ts'
import type { StateType } from '../../core/engine.ts'

/** Where a parameter lies in the array. */
export interface Place {
  name: string
  shape: readonly number[]
  from: number
  to: number
}

export interface Layout {
  places: Place[]
  /** Numbers in all. */
  size: number
}

/** The layout of a model's parameters: one after the other, in the order of their names in the checkpoint. */
export const parameterLayout = (config: LlamaConfig): Layout =>
  layoutOf([...tensorShapes(config)].map(([name, shape]) => ({ name, shape })))

/** Tensors one after the other. */
export function layoutOf(tensors: readonly Pick<Place, 'name' | 'shape'>[]): Layout {
  let size = 0
  const places = tensors.map(({ name, shape }) => {
    const from = size
    size += shape.reduce((product, length) => product * length, 1)
    return { name, shape, from, to: size }
  })
  return { places, size }
}

/** Zeros that threads can share. */
export const sharedFloats = (size: number) => new Float32Array(new SharedArrayBuffer(size * 4))

/** Numbers, or the bits of numbers in bfloat16. */
export type Moments = Float32Array | Uint16Array

/** Bytes of one number of an optimiser's states. */
export const STATE_BYTES: Record<StateType, number> = { float32: 4, bfloat16: 2 }

/** Zeros that threads can share. */
export const sharedMoments = (size: number, states: StateType): Moments =>
  states === 'bfloat16' ? new Uint16Array(new SharedArrayBuffer(size * 2)) : sharedFloats(size)

/** Copies tensors into one array that threads can share. */
export function joinParameters(layout: Layout, tensors: ReadonlyMap<string, Tensor>): Float32Array {
  const all = sharedFloats(layout.size)
  for (const { name, from } of layout.places) all.set(tensors.get(name)!.data, from)
  return all
}

/** Copies the parameters out of the array. */
export function splitParameters(layout: Layout, all: Float32Array): Map<string, Tensor> {
  return new Map(
    layout.places.map(({ name, shape, from, to }) => [
      name,
      { shape: [...shape], data: Float32Array.from(all.subarray(from, to)) },
    ]),
  )
}
