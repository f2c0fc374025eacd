/**
 * The loss: weighted negative log-likelihood over the vocabulary.
 * @module
 */
import type { Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'
import { multiply } from './linear.ts'

/**
 * The sum over trained positions of weight times negative log-likelihood (in nats), a scalar.
 *
 * @param hidden final hidden states of the trained positions alone, `[trained, width]`: no other logits are computed.
 * @param embeddings `[vocabulary, width]`.
 * @param targets int64 `[trained]`.
 * @param weights `[trained]`; for a mean they sum to one.
 */
export function vocabularyLoss(tape: Tape, hidden: Value, embeddings: Value, targets: Value, weights: Value): Value {
  const { graph } = tape
  const column = (value: Value) => graph.operator('Unsqueeze', [value, graph.constant([1])])
  const logits = multiply(graph, hidden, embeddings, { second: true })
  const logarithms = graph.operator('LogSoftmax', [logits], { axis: -1 })
  const picked = graph.operator('GatherElements', [logarithms, column(targets)], { axis: 1 })
  const weighted = graph.operator('Mul', [picked, column(weights)])
  const loss = graph.operator('Neg', [graph.operator('ReduceSum', [weighted], { keepdims: 0 })])
  return tape.record(loss, [hidden, embeddings], gradient => {
    // By the logits: weight * (probability - [is the target]).
    const scale = column(graph.operator('Mul', [weights, gradient]))
    const expected = graph.operator('Mul', [graph.operator('Exp', [logarithms]), scale])
    const byLogits = graph.operator('ScatterElements', [expected, column(targets), graph.operator('Neg', [scale])], {
      axis: 1,
      reduction: 'add',
    })
    return [multiply(graph, byLogits, embeddings), multiply(graph, byLogits, hidden, { first: true })]
  })
}
