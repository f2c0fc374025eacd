/**
 * Low-rank adapters (LoRA, Hu et al. 2021, arXiv:2106.09685): the model's own weights stay as they are, and beside chosen
 * matrices a product of two thin ones is trained.
 * @module
 */
import { type LlamaConfig, type Tensor, tensorShapes } from '../../checkpoint/index.ts'
import { MisstepError } from '../../core/errors.ts'
import { createRandom } from '../../core/random.ts'
import { type Layout, layoutOf } from './parameters.ts'

/** The matrices of each layer. */
export const ADAPTER_TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const

export interface AdapterOptions {
  /** Columns of the thin matrices. */
  rank: number
  /** What the adapters add is multiplied by `alpha / rank`; default: twice the rank. */
  alpha?: number
  /** Which matrices get one; default: all of them. */
  targets?: readonly string[]
}

/** How a matrix's two thin ones are called, as in PEFT: down `[rank, in]` and up `[out, rank]`. */
export const adapterNames = (matrix: string) => ({
  down: matrix.replace(/weight$/, 'lora_A.weight'),
  up: matrix.replace(/weight$/, 'lora_B.weight'),
})

export const adapterScale = ({ rank, alpha = 2 * rank }: AdapterOptions) => alpha / rank

/** The matrices that get an adapter. */
function adaptedMatrices(config: LlamaConfig, { targets = ADAPTER_TARGETS }: AdapterOptions): string[] {
  return [...tensorShapes(config).keys()].filter(name => targets.some(target => name.endsWith(`.${target}.weight`)))
}

/**
 * Where the numbers of all adapters lie.
 * @throws {MisstepError} `usage` when the rank is no positive whole number, or nothing gets an adapter
 */
export function adapterLayout(config: LlamaConfig, options: AdapterOptions): Layout {
  const { rank, alpha = 1, targets = ADAPTER_TARGETS } = options
  const unknown = targets.find(target => !ADAPTER_TARGETS.some(known => known === target))
  if (!Number.isInteger(rank) || rank < 1 || !(alpha > 0) || targets.length === 0 || unknown !== undefined) {
    throw new MisstepError('usage', 'These adapters cannot be trained', {
      value: options,
      advice: `rank is a positive whole number, alpha is positive, and targets are some of ${ADAPTER_TARGETS.join(', ')}.`,
    })
  }
  const shapes = tensorShapes(config)
  return layoutOf(
    adaptedMatrices(config, options).flatMap(name => {
      const [out, into] = shapes.get(name) as [number, number]
      const { down, up } = adapterNames(name)
      return [
        { name: down, shape: [rank, into] },
        { name: up, shape: [out, rank] },
      ]
    }),
  )
}

/** Numbers to start from, the same for the same seed: as in PEFT, down is uniform within 1 / sqrt(in), and up is zero. */
export function initialAdapters(layout: Layout, seed: number): Map<string, Tensor> {
  return new Map(
    layout.places.map(({ name, shape, from, to }) => {
      const data = new Float32Array(to - from)
      if (name.endsWith('lora_A.weight')) {
        const bound = 1 / Math.sqrt(shape[1]!)
        const random = createRandom('adapters', seed, name)
        for (let i = 0; i < data.length; i++) data[i] = bound * (2 * random.next() - 1)
      }
      return [name, { shape: [...shape], data }]
    }),
  )
}

/** Adds what the adapters do to the matrices, in place. */
export function mergeAdapters(
  tensors: ReadonlyMap<string, Tensor>,
  adapters: ReadonlyMap<string, Tensor>,
  options: AdapterOptions,
): void {
  const scale = adapterScale(options)
  for (const [name, { shape, data }] of tensors) {
    const { down, up } = adapterNames(name)
    const [a, b] = [adapters.get(down)?.data, adapters.get(up)?.data]
    if (!a || !b) continue
    const [rows, columns] = shape as [number, number]
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < options.rank; k++) {
        const factor = scale * b[row * options.rank + k]!
        for (let column = 0; column < columns; column++)
          data[row * columns + column]! += factor * a[k * columns + column]!
      }
    }
  }
}
