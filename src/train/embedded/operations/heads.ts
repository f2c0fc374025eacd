/**
 * Between the layout of linear maps and that of attention.
 * @module
 */
import type { Graph, Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** `x [rows * length, heads * size]` as `[rows, heads, length, size]`; `grid` (int64) holds rows and length. */
export function splitHeads(tape: Tape, x: Value, grid: Value, heads: number, size: number): Value {
  const { graph } = tape
  return tape.record(split(graph, x, grid, heads, size), [x], gradient => [merge(graph, gradient, heads, size)])
}

/** The inverse of {@link splitHeads}. */
export function mergeHeads(tape: Tape, x: Value, grid: Value, heads: number, size: number): Value {
  const { graph } = tape
  return tape.record(merge(graph, x, heads, size), [x], gradient => [split(graph, gradient, grid, heads, size)])
}

function split(graph: Graph, x: Value, grid: Value, heads: number, size: number): Value {
  const shape = graph.operator('Concat', [grid, graph.constant([heads, size])], { axis: 0 })
  return graph.operator('Transpose', [graph.operator('Reshape', [x, shape])], { perm: [0, 2, 1, 3] })
}

function merge(graph: Graph, x: Value, heads: number, size: number): Value {
  const transposed = graph.operator('Transpose', [x], { perm: [0, 2, 1, 3] })
  return graph.operator('Reshape', [transposed, graph.constant([-1, heads * size])])
}
