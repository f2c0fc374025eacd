import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../core/random.ts'
import { createGraph, type Value } from '../../../onnx/graph.ts'
import { createSession, floats, integers, type Tensors } from '../../../onnx/session.ts'
import { createTape, type Tape } from '../autodiff.ts'
import { attention, createCausalBlocks } from './attention.ts'
import { gatherRows } from './gather-rows.ts'
import { mergeHeads, splitHeads } from './heads.ts'
import { add, linear } from './linear.ts'
import { rootMeanSquareNorm } from './root-mean-square-norm.ts'
import { createRotation, rotate } from './rotate.ts'
import { swishGate } from './swish-gate.ts'
import { vocabularyLoss } from './vocabulary-loss.ts'

type Shapes = Record<string, number[]>
type Build = (tape: Tape, of: Record<string, Value>) => Value

const random = createRandom('operations')
const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)
const numbers = (shape: readonly number[]) => Float32Array.from({ length: sizeOf(shape) }, () => random.next() * 2 - 1)

/** The derivative along random directions must be what the function does along them. */
async function check(shapes: Shapes, build: Build, results: number[] = []) {
  const graph = createGraph()
  const tape = createTape(graph)
  const of = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tape.parameter(name, shape)]))
  let result = build(tape, of)
  if (results.length > 0) {
    // A random mix of the results' entries makes a scalar of them.
    const flat = graph.operator('Reshape', [result, graph.constant([1, -1])])
    const row = tape.record(flat, [result], g => [graph.operator('Reshape', [g, graph.constant(results)])])
    const mix = graph.constant(numbers(results), [1, sizeOf(results)])
    const product = linear(tape, row, mix)
    result = tape.record(graph.operator('Squeeze', [product]), [product], g => [
      graph.operator('Reshape', [g, graph.constant([1, 1])]),
    ])
  }
  graph.output(result, 'loss')
  for (const [value, gradient] of tape.gradients(result)) graph.output(gradient, `gradient ${value.name}`)
  const session = await createSession(graph.toModel(), { threads: 1 })
  const at = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, numbers(shape)]))
  const run = (values: Record<string, Float32Array>): Promise<Tensors> =>
    session.run(Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, floats(values[name]!, shape)])))
  const outputs = await run(at)
  for (const name of Object.keys(shapes)) {
    const gradient = outputs[`gradient ${name}`]!.data as Float32Array
    expect(gradient.length, name).toBe(at[name]!.length)
    for (let trial = 0; trial < 4; trial++) {
      const direction = numbers(shapes[name]!)
      const along = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0)
      const lossAt = async (step: number) => {
        const moved = at[name]!.map((value, i) => value + step * direction[i]!)
        return (await run({ ...at, [name]: moved })).loss!.data[0] as number
      }
      // Differences of fourth order, so that a step can be long enough for float32.
      const step = 0.02
      const [a, b, c, d] = [await lossAt(2 * step), await lossAt(step), await lossAt(-step), await lossAt(-2 * step)]
      const difference = (8 * (b - c) - (a - d)) / (12 * step)
      const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
      expect(Math.abs(along - difference), `${name}: ${along} against ${difference}`).toBeLessThan(2e-3 * (size + 0.1))
    }
  }
  await session.release()
}

describe('the derivative agrees with finite differences', () => {
  it('of linear', () =>
    check({ x: [5, 3], weight: [4, 3] }, (tape, { x, weight }) => linear(tape, x!, weight!), [5, 4]))

  it('of add, also where a value is used twice', () =>
    check({ a: [2, 3], b: [2, 3] }, (tape, { a, b }) => add(tape, add(tape, a!, b!), a!), [2, 3]))

  it('of gatherRows, also where a row is picked twice or never', () =>
    check({ table: [4, 3] }, (tape, { table }) => gatherRows(tape, table!, tape.graph.constant([2, 0, 2, 2])), [4, 3]))

  it('of rootMeanSquareNorm', () =>
    check({ x: [4, 6], weight: [6] }, (tape, { x, weight }) => rootMeanSquareNorm(tape, x!, weight!, 1e-5), [4, 6]))

  it('of swishGate', () =>
    check({ gate: [4, 5], up: [4, 5] }, (tape, { gate, up }) => swishGate(tape, gate!, up!), [4, 5]))

  it('of rotate', () =>
    check(
      { x: [2, 3, 5, 4] },
      (tape, { x }) => rotate(tape, x!, createRotation(tape.graph, 8, [1, 0.1])),
      [2, 3, 5, 4],
    ))

  it('of splitHeads and mergeHeads', () =>
    check({ x: [10, 6] }, (tape, { x }) => splitHeads(tape, x!, tape.graph.constant([2, 5]), 3, 2), [2, 3, 5, 2]).then(
      () =>
        check({ x: [2, 3, 5, 2] }, (tape, { x }) => mergeHeads(tape, x!, tape.graph.constant([2, 5]), 3, 2), [10, 6]),
    ))

  it('of vocabularyLoss', () =>
    check({ hidden: [4, 3], embeddings: [5, 3] }, (tape, { hidden, embeddings }) => {
      const weights = tape.graph.constant(Float32Array.of(0.5, 0, 1, 0.25), [4])
      return vocabularyLoss(tape, hidden!, embeddings!, tape.graph.constant([1, 4, 0, 1]), weights)
    }))

  for (const [count, what] of [
    [1, 'in one block'],
    [2, 'in two blocks, the second not full'],
    [4, 'with blocks left over'],
  ] as const) {
    it(`of attention, ${what}`, () =>
      check(
        { queries: [2, 4, 5, 2], keys: [2, 2, 5, 2], values: [2, 2, 5, 2] },
        (tape, { queries, keys, values }) => {
          const causal = createCausalBlocks(tape.graph, tape.graph.constant([5]), count === 1 ? 8 : 3, count, 2)
          return attention(tape, queries!, keys!, values!, causal, { heads: 4, keyHeads: 2, headSize: 2 })
        },
        [2, 4, 5, 2],
      ))
  }
})

describe('attention', () => {
  it('gives the same whatever the size of the blocks, and looks at no later position', async () => {
    const shape = [1, 2, 7, 4]
    const values = [numbers(shape), numbers(shape), numbers(shape)] as const
    const run = async (size: number, count: number, change?: number) => {
      const graph = createGraph()
      const [queries, keys, vs] = values.map((data, index) => {
        const copy = Float32Array.from(data)
        if (index > 0 && change !== undefined) for (let head = 0; head < 2; head++) copy[(head * 7 + change) * 4] = 9
        return graph.constant(copy, shape)
      }) as [Value, Value, Value]
      const causal = createCausalBlocks(graph, graph.constant([7]), size, count, 1)
      const sizes = { heads: 2, keyHeads: 2, headSize: 4 }
      graph.output(attention(createTape(graph), queries, keys, vs, causal, sizes), 'y')
      graph.output(graph.operator('Identity', [graph.input('unused', 'int64', [1])]), 'same', 'int64')
      const session = await createSession(graph.toModel(), { threads: 1 })
      const { y } = await session.run({ unused: integers([0], [1]) })
      await session.release()
      return [...(y!.data as Float32Array)]
    }
    const expected = await run(16, 1)
    for (const [size, count] of [
      [7, 1],
      [3, 3],
      [2, 6],
    ] as const) {
      const got = await run(size, count)
      for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index]!, 5)
    }
    const changed = await run(3, 3, 4)
    const early = (all: number[]) => [...all.slice(0, 16), ...all.slice(28, 44)]
    expect(early(changed)).toEqual(early(await run(3, 3)))
    expect(changed).not.toEqual(await run(3, 3))
  })
})
