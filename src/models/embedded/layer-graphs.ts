/**
 * The dense parts of a Llama model as ONNX graphs, cut where attention goes: attention reads the key/value cache,
 * which ONNX Runtime for Node would copy whole at every step.
 * @module
 */
import type { LlamaConfig } from '../../checkpoint/index.ts'
import { createGraph, type Value } from '../../onnx/graph.ts'

const MICROSOFT = { domain: 'com.microsoft' }

/** Gives a tensor by its Hugging Face name. */
export type ReadWeights = (name: string) => Promise<Float32Array>

/**
 * The graph with this index, of one more than there are layers. All tensors are `[tokens, 1, size]`.
 *
 * - the first: `residual` (the tokens' embeddings) and the rotation -> `residual_out`, `queries_keys` (turned by their
 *   positions), `values`;
 * - those between: `residual`, `attention` and the rotation -> the same three for the next layer;
 * - the last: `residual`, `attention`, `rows` (which tokens are asked about) and `sharpness` (1 / temperature, a row) ->
 *   `probabilities` of the next token.
 *
 * The rotation is `cosines` and `sines`, `[tokens, headSize / 2]` each, and `turns`, `[tokens, 1]`: each token's row in them.
 *
 * @param head the output layer's weights, `[vocabulary, hiddenSize]`; needed for the last graph only
 */
export async function layerGraph(
  config: LlamaConfig,
  index: number,
  read: ReadWeights,
  head?: Float32Array,
): Promise<Uint8Array> {
  const { hiddenSize, heads, keyValueHeads, headSize, intermediateSize, layers } = config
  const turnedSize = (heads + keyValueHeads) * headSize
  const graph = createGraph()

  /** The product with the transpose of a matrix `[out, in]`. */
  const linear = (x: Value, matrix: Float32Array, from: number) =>
    graph.operator('FusedMatMul', [x, graph.constant(matrix, [matrix.length / from, from])], { transB: 1 }, MICROSOFT)
  const normalise = async (x: Value, name: string) =>
    graph.operator('SimplifiedLayerNormalization', [x, graph.constant(await read(name), [hiddenSize])], {
      axis: -1,
      epsilon: { float: config.normEpsilon },
    })
  const readAll = (prefix: string, ...names: string[]) =>
    Promise.all(names.map(name => read(`${prefix}.${name}.weight`))).then(stack)

  /** Starts a layer: what attention needs of its input. */
  const begin = async (residual: Value, layer: number) => {
    const prefix = `model.layers.${layer}`
    const normal = await normalise(residual, `${prefix}.input_layernorm.weight`)
    const projections = await readAll(`${prefix}.self_attn`, 'q_proj', 'k_proj', 'v_proj')
    const sizes = graph.constant([turnedSize, keyValueHeads * headSize])
    const [queriesAndKeys, values] = graph.operator(
      'Split',
      [linear(normal, projections, hiddenSize), sizes],
      { axis: 2 },
      { outputs: 2 },
    )
    const rotation = [
      graph.input('turns', 'int64', ['tokens', 1]),
      graph.input('cosines', 'float32', ['tokens', headSize / 2]),
      graph.input('sines', 'float32', ['tokens', headSize / 2]),
    ]
    const attributes = { num_heads: heads + keyValueHeads, interleaved: 0 }
    const turned = graph.operator('RotaryEmbedding', [queriesAndKeys!, ...rotation], attributes, MICROSOFT)
    graph.output(residual, 'residual_out')
    graph.output(turned, 'queries_keys')
    graph.output(values!, 'values')
  }

  /** Ends a layer: its input plus attention plus the feed-forward part. */
  const end = async (residual: Value, layer: number) => {
    const prefix = `model.layers.${layer}`
    const attention = graph.input('attention', 'float32', ['tokens', 1, heads * headSize])
    const attended = linear(attention, await readAll(`${prefix}.self_attn`, 'o_proj'), heads * headSize)
    const middle = graph.operator('Add', [residual, attended])
    const normal = await normalise(middle, `${prefix}.post_attention_layernorm.weight`)
    const [gate, up] = graph.operator(
      'Split',
      [
        linear(normal, await readAll(`${prefix}.mlp`, 'gate_proj', 'up_proj'), hiddenSize),
        graph.constant([intermediateSize, intermediateSize]),
      ],
      { axis: 2 },
      { outputs: 2 },
    )
    // QuickGelu with alpha 1 is SiLU.
    const opened = graph.operator('QuickGelu', [gate!], { alpha: { float: 1 } }, MICROSOFT)
    const wide = graph.operator('Mul', [opened, up!])
    return graph.operator('Add', [middle, linear(wide, await readAll(`${prefix}.mlp`, 'down_proj'), intermediateSize)])
  }

  const input = graph.input('residual', 'float32', ['tokens', 1, hiddenSize])
  const residual = index === 0 ? input : await end(input, index - 1)
  if (index < layers) await begin(residual, index)
  else {
    const rows = graph.operator('Gather', [residual, graph.input('rows', 'int64', ['rows'])], { axis: 0 })
    const logits = linear(await normalise(rows, 'model.norm.weight'), head!, hiddenSize)
    const sharp = graph.operator('Mul', [logits, graph.input('sharpness', 'float32', ['rows', 1, 1])])
    graph.output(graph.operator('Softmax', [sharp], { axis: -1 }), 'probabilities')
  }
  return graph.toModel()
}

/** Matrices with the same number of columns, one below the other. */
function stack(matrices: readonly Float32Array[]): Float32Array {
  if (matrices.length === 1) return matrices[0]!
  const result = new Float32Array(matrices.reduce((sum, matrix) => sum + matrix.length, 0))
  let at = 0
  for (const matrix of matrices) {
    result.set(matrix, at)
    at += matrix.length
  }
  return result
}
