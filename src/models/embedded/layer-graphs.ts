/**
 * The dense parts of a Llama model as ONNX graphs, cut where attention goes: attention reads the key/value cache,
 * which ONNX Runtime for Node would copy whole at every step.
 * @module
 */
import type { Checkpoint } from '../../checkpoint/index.ts'
import { createGraph, type Graph, type Value } from '../../onnx/graph.ts'

const MICROSOFT = { domain: 'com.microsoft' }

/**
 * One graph more than there are layers. All tensors are `[tokens, 1, size]`; `ids` and `positions` are `[tokens, 1]`.
 *
 * - the first: `ids`, `positions` -> `residual`, `queries_keys` (turned by their positions), `values`;
 * - those between: `residual`, `attention`, `positions` -> the same three for the next layer;
 * - the last: `residual`, `attention`, `rows` (which tokens are asked about) and `sharpness` (1 / temperature, a row) ->
 *   `probabilities` of the next token.
 */
export function layerGraphs({ config, tensors }: Checkpoint): Uint8Array[] {
  const { hiddenSize, heads, keyValueHeads, headSize, intermediateSize, vocabularySize, layers } = config
  const turnedSize = (heads + keyValueHeads) * headSize
  const weight = (name: string) => tensors.get(name)!.data
  const embeddings = weight('model.embed_tokens.weight')
  const [cosines, sines] = rotations(config.contextLength, headSize, config.ropeTheta)

  /** The product with one or several matrices side by side, each `[out, in]`. */
  const linear = (graph: Graph, x: Value, from: number, ...matrices: Float32Array[]) => {
    const columns = matrices.reduce((sum, matrix) => sum + matrix.length / from, 0)
    return graph.operator('MatMul', [x, graph.constant(transpose(matrices, from, columns), [from, columns])])
  }
  const normalise = (graph: Graph, x: Value, name: string) =>
    graph.operator('SimplifiedLayerNormalization', [x, graph.constant(weight(name), [hiddenSize])], {
      axis: -1,
      epsilon: { float: config.normEpsilon },
    })

  /** Starts layer `layer`: what attention needs of its input. */
  const begin = (graph: Graph, residual: Value, layer: number) => {
    const prefix = `model.layers.${layer}`
    const normal = normalise(graph, residual, `${prefix}.input_layernorm.weight`)
    const projections = ['q', 'k', 'v'].map(name => weight(`${prefix}.self_attn.${name}_proj.weight`))
    const product = linear(graph, normal, hiddenSize, ...projections)
    const sizes = graph.constant([turnedSize, keyValueHeads * headSize])
    const [queriesAndKeys, values] = graph.operator('Split', [product, sizes], { axis: 2 }, { outputs: 2 })
    const tables = [cosines, sines].map(table => graph.constant(table, [config.contextLength, headSize / 2]))
    const positions = graph.input('positions', 'int64', ['tokens', 1])
    const attributes = { num_heads: heads + keyValueHeads, interleaved: 0 }
    const turned = graph.operator('RotaryEmbedding', [queriesAndKeys!, positions, ...tables], attributes, MICROSOFT)
    graph.output(residual, 'residual_out')
    graph.output(turned, 'queries_keys')
    graph.output(values!, 'values')
  }

  /** Ends layer `layer`: its input plus attention plus the feed-forward part. */
  const end = (graph: Graph, layer: number) => {
    const prefix = `model.layers.${layer}`
    const residual = graph.input('residual', 'float32', ['tokens', 1, hiddenSize])
    const attention = graph.input('attention', 'float32', ['tokens', 1, heads * headSize])
    const attended = linear(graph, attention, heads * headSize, weight(`${prefix}.self_attn.o_proj.weight`))
    const middle = graph.operator('Add', [residual, attended])
    const normal = normalise(graph, middle, `${prefix}.post_attention_layernorm.weight`)
    const projections = ['gate', 'up'].map(name => weight(`${prefix}.mlp.${name}_proj.weight`))
    const [gate, up] = graph.operator(
      'Split',
      [linear(graph, normal, hiddenSize, ...projections), graph.constant([intermediateSize, intermediateSize])],
      { axis: 2 },
      { outputs: 2 },
    )
    // QuickGelu with alpha 1 is SiLU.
    const opened = graph.operator('QuickGelu', [gate!], { alpha: { float: 1 } }, MICROSOFT)
    const wide = graph.operator('Mul', [opened, up!])
    return graph.operator('Add', [
      middle,
      linear(graph, wide, intermediateSize, weight(`${prefix}.mlp.down_proj.weight`)),
    ])
  }

  return Array.from({ length: layers + 1 }, (_, index) => {
    const graph = createGraph()
    if (index === 0) {
      const table = graph.constant(embeddings, [vocabularySize, hiddenSize])
      begin(graph, graph.operator('Gather', [table, graph.input('ids', 'int64', ['tokens', 1])]), 0)
    } else if (index < layers) {
      begin(graph, end(graph, index - 1), index)
    } else {
      const rows = graph.operator('Gather', [end(graph, index - 1), graph.input('rows', 'int64', ['rows'])], {
        axis: 0,
      })
      const normal = normalise(graph, rows, 'model.norm.weight')
      const logits = linear(graph, normal, hiddenSize, config.tiedEmbeddings ? embeddings : weight('lm_head.weight'))
      const sharp = graph.operator('Mul', [logits, graph.input('sharpness', 'float32', ['rows', 1, 1])])
      graph.output(graph.operator('Softmax', [sharp], { axis: -1 }), 'probabilities')
    }
    return graph.toModel()
  })
}

/** Matrices `[out, in]`, stacked, as one matrix `[in, columns]`. */
function transpose(matrices: Float32Array[], rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns)
  let column = 0
  for (const matrix of matrices) {
    for (let at = 0; at < matrix.length; at += rows, column++) {
      for (let row = 0; row < rows; row++) result[row * columns + column] = matrix[at + row]!
    }
  }
  return result
}

/** Cosines and sines of the rotary position embedding (Su et al. 2021), `[positions, headSize / 2]` each. */
function rotations(positions: number, headSize: number, theta: number): [Float32Array, Float32Array] {
  const half = headSize / 2
  const angle = (at: number) => Math.floor(at / half) * theta ** (-(at % half) / half)
  const table = (wave: (angle: number) => number) =>
    Float32Array.from({ length: positions * half }, (_, at) => wave(angle(at)))
  return [table(Math.cos), table(Math.sin)]
}
