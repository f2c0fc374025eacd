/**
 * Picks rows of a matrix: token embeddings, and the positions that are trained.
 * @module
 */
import type { Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** Rows `indices [n]` (int64) of `table [rows, width]`: `[n, width]`. A row picked twice gets both gradients. */
export function gatherRows(tape: Tape, table: Value, indices: Value): Value {
  const { graph } = tape
  return tape.record(graph.operator('Gather', [table, indices], { axis: 0 }), [table], gradient => {
    const zero = { tensor: { data: Float32Array.of(0), shape: [1] } }
    const zeros = graph.operator('ConstantOfShape', [graph.operator('Shape', [table])], { value: zero })
    const column = graph.operator('Unsqueeze', [indices, graph.constant([1])])
    return [graph.operator('ScatterND', [zeros, column, gradient], { reduction: 'add' })]
  })
}
