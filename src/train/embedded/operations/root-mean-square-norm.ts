/**
 * RMSNorm (Zhang and Sennrich 2019, arXiv:1910.07467).
 * @module
 */
import type { Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** `x [n, width]`, each row divided by the root of its mean square (plus `epsilon`), times `weight [width]`. */
export function rootMeanSquareNorm(tape: Tape, x: Value, weight: Value, epsilon: number): Value {
  const { graph } = tape
  const [result, inverse] = graph.operator(
    'SimplifiedLayerNormalization',
    [x, weight],
    { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
    { outputs: 2 },
  ) as [Value, Value]
  return tape.record(result, [x, weight], gradient => {
    const normal = graph.operator('Mul', [x, inverse])
    const byNormal = graph.operator('Mul', [gradient, weight])
    // x scales away: the gradient loses its component along the normalised row.
    const along = graph.operator('ReduceMean', [graph.operator('Mul', [byNormal, normal]), graph.constant([-1])])
    const across = graph.operator('Sub', [byNormal, graph.operator('Mul', [normal, along])])
    return [
      graph.operator('Mul', [across, inverse]),
      tape.needsGradient(weight)
        ? graph.operator('ReduceSum', [graph.operator('Mul', [gradient, normal]), graph.constant([0])], { keepdims: 0 })
        : undefined,
    ]
  })
}
