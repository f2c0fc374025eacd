/**
 * Llama's architecture, forward and backward, as one ONNX model. It agrees with Hugging Face's `LlamaForCausalLM`.
 * @module
 */
import { type LlamaConfig, rotaryFrequencies, tensorShapes } from '../../checkpoint/index.ts'
import { createGraph, type Value } from '../../onnx/graph.ts'
import { type AdapterOptions, adapterLayout, adapterNames, adapterScale } from './adapters.ts'
import { createTape, type Tape } from './autodiff.ts'
import { attention, createCausalBlocks } from './operations/attention.ts'
import { gatherRows } from './operations/gather-rows.ts'
import { mergeHeads, splitHeads } from './operations/heads.ts'
import { add, linear } from './operations/linear.ts'
import { rootMeanSquareNorm } from './operations/root-mean-square-norm.ts'
import { createRotation, rotate } from './operations/rotate.ts'
import { swishGate } from './operations/swish-gate.ts'
import { vocabularyLoss } from './operations/vocabulary-loss.ts'
import { recompute } from './recompute.ts'

export interface LlamaGraphOptions {
  /** The longest row that the model will see. */
  longestRow: number
  /** Queries that attention treats at once; default 128. */
  blockSize?: number
  /** Also write the backward pass; default true. */
  backward?: boolean
  /** Train these, and leave the model's own parameters as they are. */
  adapters?: AdapterOptions
  /** Keep only what goes into each layer, and compute the rest of it again on the way back; default false. */
  recompute?: boolean
}

/** The name of the output that holds a parameter's gradient. */
export const gradientName = (parameter: string) => `gradient ${parameter}`

/**
 * The bytes of a model that computes the loss and its gradient by every parameter, or by those of the adapters alone.
 *
 * Inputs: every parameter under its Hugging Face name, and those of the adapters; `ids` int64 `[rows, length]`, shorter rows padded at their end
 * with any id (attention is causal, so padding touches nothing before it); `positions` int64 `[trained]`, the places in
 * the flattened rows whose next token is trained; `targets` int64 `[trained]`, those tokens; `weights` `[trained]`.
 * Outputs: `loss`, a scalar, the sum of weight times negative log-likelihood; and `gradient <parameter>`.
 */
export function createLlamaGraph(config: LlamaConfig, options: LlamaGraphOptions): Uint8Array {
  const { heads, keyValueHeads: keyHeads, headSize, normEpsilon: epsilon } = config
  const graph = createGraph()
  const tape = createTape(graph)
  const parameters = new Map<string, Value>()
  const { adapters } = options
  for (const [name, shape] of tensorShapes(config)) {
    parameters.set(name, adapters ? graph.input(name, 'float32', shape) : tape.parameter(name, shape))
  }
  for (const { name, shape } of adapters ? adapterLayout(config, adapters).places : []) {
    parameters.set(name, tape.parameter(name, shape))
  }
  const parameter = (name: string) => parameters.get(name)!
  /** The product with a matrix, and what its adapter adds to it. */
  const map = (on: Tape, x: Value, name: string) => {
    const product = linear(on, x, parameter(name))
    const { down, up } = adapterNames(name)
    if (!adapters || !parameters.has(down)) return product
    return add(on, product, linear(on, linear(on, x, parameter(down)), parameter(up), adapterScale(adapters)))
  }

  const ids = graph.input('ids', 'int64', ['rows', 'length'])
  const positions = graph.input('positions', 'int64', ['trained'])
  const targets = graph.input('targets', 'int64', ['trained'])
  const weights = graph.input('weights', 'float32', ['trained'])

  const grid = graph.operator('Shape', [ids])
  const length = graph.operator('Shape', [ids], { start: 1 })
  const size = options.blockSize ?? 128
  const causal = createCausalBlocks(graph, length, size, Math.ceil(options.longestRow / size), heads / keyHeads)
  const rotation = createRotation(graph, options.longestRow, rotaryFrequencies(config, Math.fround))

  const layer = (on: Tape, x: Value, index: number) => {
    const nameOf = (name: string) => `model.layers.${index}.${name}.weight`
    const of = (name: string) => parameter(nameOf(name))
    const mapped = (value: Value, name: string) => map(on, value, nameOf(name))
    const normal = rootMeanSquareNorm(on, x, of('input_layernorm'), epsilon)
    const project = (name: string, count: number) =>
      splitHeads(on, mapped(normal, `self_attn.${name}_proj`), grid, count, headSize)
    const queries = rotate(on, project('q', heads), rotation)
    const keys = rotate(on, project('k', keyHeads), rotation)
    const seen = attention(on, queries, keys, project('v', keyHeads), causal, { heads, keyHeads, headSize })
    const merged = mergeHeads(on, seen, grid, heads, headSize)
    // After the last attention nothing looks at another position: the rest is for trained positions alone.
    const needed = (value: Value) => (index === config.layers - 1 ? gatherRows(on, value, positions) : value)
    const middle = add(on, needed(x), mapped(needed(merged), 'self_attn.o_proj'))
    const wide = rootMeanSquareNorm(on, middle, of('post_attention_layernorm'), epsilon)
    const gated = swishGate(on, mapped(wide, 'mlp.gate_proj'), mapped(wide, 'mlp.up_proj'))
    return add(on, middle, mapped(gated, 'mlp.down_proj'))
  }

  const embeddings = parameter('model.embed_tokens.weight')
  let x = gatherRows(tape, embeddings, graph.operator('Reshape', [ids, graph.constant([-1])]))
  for (let index = 0; index < config.layers; index++) {
    // The way back begins with the last layer: nothing would be gained by computing it again.
    const again = options.recompute === true && index < config.layers - 1
    const own = [...parameters.keys()].filter(name => name.startsWith(`model.layers.${index}.`)).map(parameter)
    x = again ? recompute(tape, x, own, (on, input) => layer(on, input, index)) : layer(tape, x, index)
  }
  const hidden = rootMeanSquareNorm(tape, x, parameter('model.norm.weight'), epsilon)
  const head = config.tiedEmbeddings ? embeddings : parameter('lm_head.weight')
  const loss = vocabularyLoss(tape, hidden, head, targets, weights)

  graph.output(loss, 'loss')
  if (options.backward ?? true) {
    for (const [value, gradient] of tape.gradients(loss)) graph.output(gradient(), gradientName(value.name))
  }
  return graph.toModel()
}
