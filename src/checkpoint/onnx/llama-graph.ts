/**
 * A whole Llama model as one ONNX graph of standard operators, in the names that Hugging Face's exports have.
 * @module
 */
import { createGraph, type Graph, type Value } from '../../onnx/graph.ts'
import type { LlamaConfig } from '../config.ts'
import { rotaryFrequencies } from '../rotary-frequencies.ts'

/** Gives a tensor's numbers by its Hugging Face name. */
export type ReadNumbers = (name: string) => Promise<Float32Array>

/**
 * Inputs: `input_ids`, `position_ids` `[batch, sequence]` and `attention_mask` `[batch, total]` (1 for tokens, 0 for
 * padding, those that were read before included), all int64; for each layer `past_key_values.<layer>.key` and `.value`,
 * `[batch, key heads, past, head size]`, empty at first. Outputs: `logits` `[batch, sequence, vocabulary]` and for each
 * layer `present.<layer>.key` and `.value`.
 */
export async function llamaGraph(config: LlamaConfig, read: ReadNumbers): Promise<Graph> {
  const { hiddenSize, heads, keyValueHeads: keyHeads, headSize, layers, vocabularySize } = config
  const group = heads / keyHeads
  const graph = createGraph()
  const { operator, constant } = graph
  const reshape = (x: Value, ...shape: number[]) => operator('Reshape', [x, constant(shape)])
  const scalar = (value: number) => constant(Float32Array.of(value), [])

  /** The product with the transpose of a matrix `[out, in]`, which is turned once, here. */
  const linear = async (x: Value, name: string, from: number) =>
    operator('MatMul', [x, constant(...turned(await read(name), from))])
  const normalise = async (x: Value, name: string) => {
    const mean = operator('ReduceMean', [operator('Mul', [x, x]), constant([-1])], { keepdims: 1 })
    const root = operator('Sqrt', [operator('Add', [mean, scalar(config.normEpsilon)])])
    return operator('Mul', [operator('Div', [x, root]), constant(await read(name), [hiddenSize])])
  }

  const ids = graph.input('input_ids', 'int64', ['batch', 'sequence'])
  const attentionMask = graph.input('attention_mask', 'int64', ['batch', 'total'])
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence'])
  const mask = visible(graph, ids, attentionMask)
  const rotation = rotationOf(graph, positions, config)
  const table = constant(await read('model.embed_tokens.weight'), [vocabularySize, hiddenSize])

  let x = operator('Gather', [table, ids], { axis: 0 })
  for (let layer = 0; layer < layers; layer++) {
    const nameOf = (name: string) => `model.layers.${layer}.${name}.weight`
    const normal = await normalise(x, nameOf('input_layernorm'))
    const project = async (name: string, count: number) => {
      const product = await linear(normal, nameOf(`self_attn.${name}_proj`), hiddenSize)
      return operator('Transpose', [reshape(product, 0, 0, count, headSize)], { perm: [0, 2, 1, 3] })
    }
    /** Behind what was read before. */
    const grow = (kind: 'key' | 'value', now: Value) => {
      const shape = (length: string) => ['batch', keyHeads, length, headSize]
      const past = graph.input(`past_key_values.${layer}.${kind}`, 'float32', shape('past'))
      const all = operator('Concat', [past, now], { axis: 2 })
      graph.output(all, `present.${layer}.${kind}`, 'float32', shape('total'))
      return operator('Unsqueeze', [all, constant([2])])
    }
    // [batch, key heads, group, positions, head size]: heads that share keys side by side.
    const queries = reshape(rotate(graph, await project('q', heads), rotation), 0, keyHeads, group, -1, headSize)
    const keys = grow('key', rotate(graph, await project('k', keyHeads), rotation))
    const values = grow('value', await project('v', keyHeads))
    const turnedKeys = operator('Transpose', [keys], { perm: [0, 1, 2, 4, 3] })
    const products = operator('Mul', [operator('MatMul', [queries, turnedKeys]), scalar(1 / Math.sqrt(headSize))])
    const shares = operator('Softmax', [operator('Where', [mask, products, scalar(-1e30)])], { axis: -1 })
    const seen = reshape(operator('MatMul', [shares, values]), 0, heads, -1, headSize)
    const merged = reshape(operator('Transpose', [seen], { perm: [0, 2, 1, 3] }), 0, 0, heads * headSize)
    x = operator('Add', [x, await linear(merged, nameOf('self_attn.o_proj'), heads * headSize)])
    const wide = await normalise(x, nameOf('post_attention_layernorm'))
    const gate = await linear(wide, nameOf('mlp.gate_proj'), hiddenSize)
    const open = operator('Mul', [gate, operator('Sigmoid', [gate])])
    const gated = operator('Mul', [open, await linear(wide, nameOf('mlp.up_proj'), hiddenSize)])
    x = operator('Add', [x, await linear(gated, nameOf('mlp.down_proj'), config.intermediateSize)])
  }
  const hidden = reshape(await normalise(x, 'model.norm.weight'), -1, hiddenSize)
  // As it lies in the checkpoint, so that tied embeddings are in the file once.
  const head = config.tiedEmbeddings ? table : constant(await read('lm_head.weight'), [vocabularySize, hiddenSize])
  const shape = operator('Concat', [operator('Shape', [ids]), constant([vocabularySize])], { axis: 0 })
  const logits = operator('Reshape', [operator('Gemm', [hidden, head], { transB: 1 }), shape])
  graph.output(logits, 'logits', 'float32', ['batch', 'sequence', vocabularySize])
  return graph
}

/** Which positions each token sees: those up to its own that are no padding. `[batch, 1, 1, sequence, total]`. */
function visible({ operator, constant }: Graph, ids: Value, attentionMask: Value): Value {
  const lengthOf = (value: Value) => operator('Squeeze', [operator('Shape', [value], { start: 1 }), constant([0])])
  const [zero, one] = [constant([0], []), constant([1], [])]
  const total = lengthOf(attentionMask)
  const past = operator('Sub', [total, lengthOf(ids)])
  const rows = operator('Unsqueeze', [operator('Range', [past, total, one]), constant([1])])
  const causal = operator('LessOrEqual', [operator('Range', [zero, total, one]), rows])
  const tokens = operator('Unsqueeze', [operator('Greater', [attentionMask, zero]), constant([1, 2, 3])])
  return operator('And', [causal, tokens])
}

interface Rotation {
  cosines: Value
  sines: Value
}

/** `[batch, 1, sequence, head size]` each. */
function rotationOf({ operator, constant }: Graph, positions: Value, config: LlamaConfig): Rotation {
  const frequencies = Float32Array.from(rotaryFrequencies(config, Math.fround))
  const columns = operator('Unsqueeze', [operator('Cast', [positions], { to: 1 }), constant([1, 3])])
  const angles = operator('Mul', [columns, constant(frequencies, [frequencies.length])])
  const both = operator('Concat', [angles, angles], { axis: -1 })
  return { cosines: operator('Cos', [both]), sines: operator('Sin', [both]) }
}

/** Entry i of a head turns with entry i + half. */
function rotate({ operator }: Graph, x: Value, { cosines, sines }: Rotation): Value {
  const [first, second] = operator('Split', [x], { axis: -1, num_outputs: 2 }, { outputs: 2 }) as [Value, Value]
  const across = operator('Concat', [operator('Neg', [second]), first], { axis: -1 })
  return operator('Add', [operator('Mul', [x, cosines]), operator('Mul', [across, sines])])
}

/** A matrix `[rows, columns]` as `[columns, rows]`, and that shape. */
function turned(matrix: Float32Array, columns: number): [Float32Array, number[]] {
  const rows = matrix.length / columns
  const result = new Float32Array(matrix.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column]!
  }
  return [result, [columns, rows]]
}
