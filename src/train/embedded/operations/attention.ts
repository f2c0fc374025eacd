/**
 * Causal attention with grouped queries, forward and backward, made cheap for long rows.
 *
 * The tables of length x length are what costs. So queries go in blocks, and a block meets only the keys up to its
 * end: little above the diagonal is computed, and a block's table stays in the processor's cache. Where a row has
 * fewer blocks than the graph, the blocks left over are empty. The shares are not worth their memory until the way back:
 * they are more numbers than all else of a layer, and cheap to compute again (Dao et al. 2022, arXiv:2205.14135).
 * @module
 */
import type { Graph, Port, Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'
import { multiply } from './linear.ts'

/** What all layers share: for each block of queries its mask, the number of its keys, and how many the row has beyond. */
export interface CausalBlocks {
  /** Queries in a block. */
  size: number
  blocks: { mask: Value; keys: Value; padding: Value }[]
}

/**
 * The blocks of rows of up to `size * count` tokens.
 *
 * @param length int64 `[1]`: the length of the rows.
 * @param group query heads for each key head.
 */
export function createCausalBlocks(graph: Graph, length: Value, size: number, count: number, group: number) {
  const never = { tensor: { data: Float32Array.of(-1e30), shape: [1] } }
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = graph.operator('Min', [length, graph.constant([index * size])])
    const queries = graph.operator('Sub', [
      graph.operator('Min', [length, graph.constant([(index + 1) * size])]),
      start,
    ])
    // A block left over has no keys either: products over no queries at all are not computed as zero.
    const used = graph.operator('Less', [start, length])
    const keys = graph.operator('Where', [used, graph.operator('Add', [start, queries]), graph.constant([0])])
    const shape = graph.operator('Concat', [queries, keys], { axis: 0 })
    const full = graph.operator('ConstantOfShape', [shape], { value: never })
    const above = graph.operator('Trilu', [full, graph.constant([index * size + 1], [])], { upper: 1 })
    const missing = graph.operator('Sub', [length, keys])
    return {
      keys,
      mask: graph.operator('Concat', Array(group).fill(above), { axis: 0 }),
      padding: graph.operator('Concat', [graph.constant([0, 0, 0, 0, 0, 0]), missing, graph.constant([0])], {
        axis: 0,
      }),
    }
  })
  return { size, blocks }
}

/** {@link CausalBlocks} that are inputs of a graph, and results of another that computes them once for all layers. */
export interface CausalPorts extends CausalBlocks {
  blocks: { mask: Port; keys: Port; padding: Port }[]
}

export function causalPorts(size: number, count: number): CausalPorts {
  const blocks = Array.from({ length: count }, (_, index) => ({
    mask: { name: `mask ${index}`, type: 'float32', shape: [`queries ${index}`, `keys ${index}`] } as const,
    keys: { name: `end ${index}`, type: 'int64', shape: [1] } as const,
    padding: { name: `padding ${index}`, type: 'int64', shape: [8] } as const,
  }))
  return { size, blocks }
}

/**
 * Every query's mean of the values up to its own position, weighted by the softmax of its products with their keys.
 *
 * @param queries `[rows, heads, length, size]`; query head h reads key head `floor(h * keyHeads / heads)`.
 * @param keys `[rows, key heads, length, size]`
 * @param values as keys.
 * @returns `[rows, heads, length, size]`
 */
export function attention(
  tape: Tape,
  queries: Value,
  keys: Value,
  values: Value,
  causal: CausalBlocks,
  { heads, keyHeads, headSize }: { heads: number; keyHeads: number; headSize: number },
): Value {
  const { graph } = tape
  const scale = 1 / Math.sqrt(headSize)
  const group = heads / keyHeads
  const part = (value: Value, from: number, to: Value, axis: number) =>
    graph.operator('Slice', [value, graph.constant([from]), to, graph.constant([axis])])
  const reshape = (value: Value, shape: number[]) => graph.operator('Reshape', [value, graph.constant(shape)])
  const sum = (parts: Value[]) => (parts.length > 1 ? graph.operator('Sum', parts) : parts[0]!)

  // Heads that share keys: [rows, key heads, group, length, size]; a block of them is one matrix for each key head.
  const grouped = (value: Value) => reshape(value, [0, keyHeads, group, -1, headSize])
  const block = (value: Value, index: number, size: number) =>
    reshape(part(value, index * causal.size, graph.constant([(index + 1) * causal.size]), 3), [0, 0, -1, size])
  const whole = (blocks: Value[]) => {
    const five = blocks.map(value => reshape(value, [0, 0, group, -1, headSize]))
    return reshape(graph.operator('Concat', five, { axis: 3 }), [0, heads, -1, headSize])
  }

  const groupedQueries = grouped(queries)
  const steps = causal.blocks.map(({ mask, keys: end }, index) => {
    const query = block(groupedQueries, index, headSize)
    const key = part(keys, 0, end, 2)
    const scores = graph.operator('Add', [multiply(graph, query, key, { second: true, scale }), mask])
    const shares = graph.operator('Softmax', [scores], { axis: -1 })
    return { query, key, shares, result: multiply(graph, shares, part(values, 0, end, 2)) }
  })
  const result = whole(steps.map(step => step.result))

  return tape.record(result, [queries, keys, values], gradient => {
    // By the scores: share * (gradient . value - gradient . result). The difference comes out of one product, for the
    // gradient is given one more entry, -(gradient . result), and each value a one to meet it.
    const product = graph.operator('ReduceSum', [graph.operator('Mul', [gradient, result]), graph.constant([-1])])
    const grown = graph.operator('Concat', [gradient, graph.operator('Neg', [product])], { axis: 3 })
    const width = headSize + 1
    const groupedGrown = reshape(grown, [0, keyHeads, group, -1, width])
    const groupedGradient = grouped(gradient)
    const oneShape = graph.operator('Concat', [graph.operator('Shape', [values], { end: 3 }), graph.constant([1])], {
      axis: 0,
    })
    const one = { tensor: { data: Float32Array.of(1), shape: [1] } }
    const grownValues = graph.operator(
      'Concat',
      [values, graph.operator('ConstantOfShape', [oneShape], { value: one })],
      { axis: 3 },
    )

    const backward = steps.map(({ query, key, shares }, index) => {
      const { keys: end, padding } = causal.blocks[index]!
      const value = part(grownValues, 0, end, 2)
      const difference = multiply(graph, block(groupedGrown, index, width), value, { second: true })
      const byScores = graph.operator('Mul', [shares, difference])
      const pad = (keysOfBlock: Value) =>
        causal.blocks.length > 1 ? graph.operator('Pad', [keysOfBlock, padding]) : keysOfBlock
      return {
        query: multiply(graph, byScores, key, { scale }),
        key: pad(multiply(graph, byScores, query, { first: true, scale })),
        value: pad(multiply(graph, shares, block(groupedGradient, index, headSize), { first: true })),
      }
    })
    return [whole(backward.map(b => b.query)), sum(backward.map(b => b.key)), sum(backward.map(b => b.value))]
  })
}
