/**
 * The gated unit of Llama's feed-forward layers (SwiGLU, Shazeer 2020, arXiv:2002.05202).
 * @module
 */
import type { Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** `gate * sigmoid(gate) * up`, entry by entry. */
export function swishGate(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape
  const multiply = (a: Value, b: Value) => graph.operator('Mul', [a, b])
  const sigmoid = graph.operator('Sigmoid', [gate])
  const swish = multiply(gate, sigmoid)
  return tape.record(multiply(swish, up), [gate, up], gradient => {
    // swish' = sigmoid + swish - swish * sigmoid
    const rest = graph.operator('Sub', [swish, multiply(swish, sigmoid)])
    const slope = graph.operator('Add', [rest, sigmoid])
    return [multiply(multiply(gradient, up), slope), multiply(gradient, swish)]
  })
}
