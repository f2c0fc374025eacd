/**
 * Sums and linear maps.
 * @module
 */
import type { Graph, Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** How {@link multiply} reads its operands. */
export interface MultiplyOptions {
  /** Transpose the first operand's last two dimensions. */
  first?: boolean
  /** Transpose the second operand's last two dimensions. */
  second?: boolean
  /** The product is multiplied by this; default 1. */
  scale?: number
}

/** A matrix product, batched over leading dimensions; no derivative is recorded. */
export function multiply(graph: Graph, a: Value, b: Value, transpose: MultiplyOptions = {}): Value {
  const attributes = {
    transA: transpose.first ? 1 : 0,
    transB: transpose.second ? 1 : 0,
    alpha: { float: transpose.scale ?? 1 },
  }
  return graph.operator('FusedMatMul', [a, b], attributes, { domain: 'com.microsoft' })
}

/** A matrix's transpose. */
const turn = (graph: Graph, matrix: Value) => graph.operator('Transpose', [matrix], { perm: [1, 0] })

/** `x [n, in]` times the transpose of `weight [out, in]`, times `scale`: `[n, out]`. */
export function linear(tape: Tape, x: Value, weight: Value, scale = 1): Value {
  return tape.record(multiply(tape.graph, x, weight, { second: true, scale }), [x, weight], gradient => [
    tape.needsGradient(x) ? multiply(tape.graph, gradient, weight, { scale }) : undefined,
    // Turned round first: a product that reads its first operand across takes longer (docs/performance.md).
    tape.needsGradient(weight) ? multiply(tape.graph, turn(tape.graph, gradient), x, { scale }) : undefined,
  ])
}

/** The sum of two tensors of the same shape. */
export function add(tape: Tape, a: Value, b: Value): Value {
  return tape.record(tape.graph.operator('Add', [a, b]), [a, b], gradient => [gradient, gradient])
}
