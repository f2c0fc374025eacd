/**
 * Computing a part of the model twice in place of keeping what it computes (Chen et al. 2016, arXiv:1604.06174).
 * @module
 */
import type { Value } from '../../onnx/graph.ts'
import { createTape, type Tape } from './autodiff.ts'

/**
 * What `part` makes of `x`, recorded as one operation: from the way there nothing is kept but `x`, and on the way back the
 * part is computed again, by the same operations on the same numbers.
 *
 * @param parameters all that the part depends on besides
 * @param part gives a result of the shape of `x`
 */
export function recompute(
  tape: Tape,
  x: Value,
  parameters: readonly Value[],
  part: (tape: Tape, x: Value) => Value,
): Value {
  const { graph } = tape
  return tape.record(part(createTape(graph), x), [x, ...parameters], gradient => {
    // The same numbers, but not to be had before the gradient is: else ONNX Runtime would compute this at once, or see
    // that it is computed twice and keep it.
    const again = graph.operator('Reshape', [x, graph.operator('Shape', [gradient])])
    const inputs = [again, ...parameters]
    const needed = inputs.filter((_, index) => tape.needsGradient(index === 0 ? x : inputs[index]!))
    const inner = createTape(graph, needed)
    const gradients = inner.gradients(part(inner, again), gradient)
    return inputs.map(input => gradients.get(input))
  })
}
