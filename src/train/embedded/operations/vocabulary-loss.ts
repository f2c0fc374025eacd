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
 * @param sum what the gradient by the embeddings is added to; default: nothing.
 */
export function vocabularyLoss(
  tape: Tape,
  hidden: Value,
  embeddings: Value,
  targets: Value,
  weights: Value,
  sum?: Value,
): Value {
  const { graph } = tape
  const column = (value: Value) => graph.operator('Unsqueeze', [value, graph.constant([1])])
  const logits = multiply(graph, hidden, embeddings, { second: true })
  const shares = graph.operator('Softmax', [logits], { axis: -1 })
  const largest = graph.operator('ArgMax', [logits], { axis: -1, keepdims: 1 })
  const at = (value: Value, places: Value) => graph.operator('GatherElements', [value, places], { axis: 1 })
  // A target's share may be too small for a float, the largest one is not: the logarithm goes by way of that.
  const beyond = graph.operator('Sub', [at(logits, column(targets)), at(logits, largest)])
  const logarithms = graph.operator('Add', [beyond, graph.operator('Log', [at(shares, largest)])])
  const weighted = graph.operator('Mul', [logarithms, column(weights)])
  const loss = graph.operator('Neg', [graph.operator('ReduceSum', [weighted], { keepdims: 0 })])
  return tape.record(loss, [hidden, embeddings], gradient => {
    // By the logits: weight * (share - [is the target]). The weight goes to the narrow side of the products: so there
    // are few tables as large as that of the logits in memory, and few passes over them.
    const scale = column(graph.operator('Mul', [weights, gradient]))
    const shape = graph.operator('Shape', [column(targets)])
    const less = graph.operator('ConstantOfShape', [shape], {
      value: { tensor: { data: Float32Array.of(-1), shape: [1] } },
    })
    const byLogits = graph.operator('ScatterElements', [shares, column(targets), less], { axis: 1, reduction: 'add' })
    const byEmbeddings = () => {
      const scaled = graph.operator('Mul', [hidden, scale])
      if (!sum) return multiply(graph, byLogits, scaled, { first: true })
      return graph.operator('Gemm', [byLogits, scaled, sum], { transA: 1 })
    }
    return [
      graph.operator('Mul', [multiply(graph, byLogits, embeddings), scale]),
      tape.needsGradient(embeddings) ? byEmbeddings() : undefined,
    ]
  })
}
