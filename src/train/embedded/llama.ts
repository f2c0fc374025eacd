/**
 * Llama's architecture, forward and backward, as ONNX models. It agrees with Hugging Face's `LlamaForCausalLM`.
 * @module
 */
import { type LlamaConfig, rotaryFrequencies, tensorShapes } from '../../checkpoint/index.ts'
import { createGraph, type Port, type Value } from '../../onnx/graph.ts'
import { type AdapterOptions, adapterLayout, adapterNames, adapterScale } from './adapters.ts'
import { createTape } from './autodiff.ts'
import { attention, type CausalPorts, causalPorts, createCausalBlocks } from './operations/attention.ts'
import { gatherRows } from './operations/gather-rows.ts'
import { mergeHeads, splitHeads } from './operations/heads.ts'
import { add, linear } from './operations/linear.ts'
import { rootMeanSquareNorm } from './operations/root-mean-square-norm.ts'
import { createRotation, rotate } from './operations/rotate.ts'
import { swishGate } from './operations/swish-gate.ts'
import { vocabularyLoss } from './operations/vocabulary-loss.ts'

export interface LlamaModelOptions {
  /** The longest row that the models will see. */
  longestRow: number
  /** Queries that attention treats at once; default 128. */
  blockSize?: number
  /** Train these, and leave the model's own parameters as they are. */
  adapters?: AdapterOptions
  /** Keep only what goes into each layer, and compute the rest of it again on the way back; default false. */
  recompute?: boolean
  /** One model for all layers: faster for small ones, and each thread holds all parameters twice. Default: false. */
  whole?: boolean
}

/** The bytes of a model, and what its results are called. */
export interface LlamaModel {
  bytes: Uint8Array
  /** Parameters that are inputs, under their names in the checkpoint; in `forward` and `backward` without {@link prefixOf} their layer. */
  parameters: string[]
  /** The output that holds the gradient by a parameter, for those that are trained, and by `x`. */
  gradients: Record<string, string>
  /** The layer's result, or the loss. */
  result: string
}

/**
 * A model in pieces: one pair for all layers but the last, for they differ in nothing but numbers; or, if it is to be
 * whole, all layers in the last.
 *
 * All take the outputs of `prepare`, which depend on the rows' length (`length` int64 `[1]`) alone; all but this take
 * `grid`, int64 `[rows, length]`, and parameters. Rows lie one after the other, shorter ones padded at their end: attention is
 * causal, so padding touches nothing before it.
 */
export interface LlamaModels {
  /** Queries in a block of attention, how many blocks there are, and how many queries each of a key head has. */
  blocks: { size: number; count: number; group: number }
  prepare: Uint8Array
  /** A layer's result `[tokens, width]` from `x`, and what is {@link kept}. Missing where there is one layer, or a whole model. */
  forward?: LlamaModel
  /** From `x`, what was kept, and `gradient`, by the result: the gradients. */
  backward?: LlamaModel
  kept: readonly Port[]
  /**
   * The last layer (or all of them), the norm and the loss from `x`, and the gradients. Besides: `positions` int64 `[trained]`, the places
   * in the flattened rows whose next token is trained; `targets` int64 `[trained]`, those tokens; `weights` `[trained]`.
   * The loss is the sum of weight times negative log-likelihood.
   */
  last: LlamaModel
}

/** The matrix that makes logits of states. */
const headOf = (config: LlamaConfig) => (config.tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight')

/** Writes the models. */
export function createLlamaModels(config: LlamaConfig, options: LlamaModelOptions): LlamaModels {
  const size = options.blockSize ?? 128
  const count = Math.ceil(options.longestRow / size)
  const causal = causalPorts(size, count)
  const prepare = createGraph()
  const length = prepare.input('length', 'int64', [1])
  const made = createCausalBlocks(prepare, length, size, count, config.heads / config.keyValueHeads)
  for (const [index, block] of made.blocks.entries()) {
    for (const [part, { name, type }] of Object.entries(causal.blocks[index]!))
      prepare.output(block[part as keyof typeof block], name, type)
  }

  const inner = begin(config, options, causal, prefixOf(0))
  const { graph, tape, x } = inner
  const result = inner.layer(0, x)
  const gradients = tape.gradients(result, graph.input('gradient', 'float32', ['tokens', config.hiddenSize]))
  const y: Port = { name: result.name, type: 'float32', shape: ['tokens', config.hiddenSize] }
  const kept = options.recompute ? [] : tape.kept
  const named = inner.named(gradients)
  const pieces = config.layers > 1 &&
    !options.whole && {
      forward: { bytes: graph.extract([], [y, ...kept]), parameters: inner.names, gradients: {}, result: y.name },
      backward: { bytes: graph.extract(kept, named.ports), parameters: inner.names, ...named, result: y.name },
    }
  const group = config.heads / config.keyValueHeads
  return {
    blocks: { size, count, group },
    prepare: prepare.toModel(),
    kept,
    ...pieces,
    last: lastModel(config, options, causal),
  }
}

function lastModel(config: LlamaConfig, options: LlamaModelOptions, causal: CausalPorts): LlamaModel {
  const end = config.layers - 1
  const last = begin(config, options, causal)
  const { graph, tape } = last
  const positions = graph.input('positions', 'int64', ['trained'])
  const targets = graph.input('targets', 'int64', ['trained'])
  const weights = graph.input('weights', 'float32', ['trained'])
  let x = last.x
  if (options.whole) for (let index = 0; index < end; index++) x = last.layer(index, x)
  const states = last.layer(end, x, positions)
  const hidden = rootMeanSquareNorm(tape, states, last.declare('model.norm.weight'), config.normEpsilon)
  const loss = vocabularyLoss(tape, hidden, last.declare(headOf(config)), targets, weights)
  const named = last.named(tape.gradients(loss))
  const bytes = graph.extract([], [{ name: loss.name, type: 'float32', shape: [] }, ...named.ports])
  return { bytes, parameters: last.names, ...named, result: loss.name }
}

/** What the names of a layer's parameters begin with. */
export const prefixOf = (layer: number) => `model.layers.${layer}.`

/**
 * A graph with `x`, and how layers are written into it.
 *
 * @param prefix what the names of parameters do without: that of the one layer
 */
function begin(config: LlamaConfig, options: LlamaModelOptions, causal: CausalPorts, prefix = '') {
  const { heads, keyValueHeads: keyHeads, headSize, hiddenSize, intermediateSize, normEpsilon: epsilon } = config
  const { adapters } = options
  const graph = createGraph()
  const tape = createTape(graph)
  const x = tape.parameter('x', ['tokens', hiddenSize])
  const grid = graph.input('grid', 'int64', [2])
  for (const block of causal.blocks) {
    for (const { name, type, shape } of Object.values(block)) graph.input(name, type, shape)
  }
  const shapes = tensorShapes(config)
  const thin = new Map((adapters ? adapterLayout(config, adapters).places : []).map(({ name, shape }) => [name, shape]))
  const shapeOf = (name: string) => (thin.get(name) ?? shapes.get(name))!
  const parameters = new Map<string, Value>()
  /** A parameter as an input, under its name without the prefix. */
  const declare = (name: string): Value => {
    const short = name.replace(prefix, '')
    const shape = shapeOf(name)
    const trained = !adapters || thin.has(name)
    if (!parameters.has(short))
      parameters.set(short, trained ? tape.parameter(short, shape) : graph.input(short, 'float32', shape))
    return parameters.get(short)!
  }
  const rotation = createRotation(graph, options.longestRow, rotaryFrequencies(config, Math.fround))

  /** A layer's result; with `positions`, at those alone. */
  const layer = (index: number, input: Value, positions?: Value) => {
    const of = (name: string) => declare(`${prefixOf(index)}${name}.weight`)
    /** The product with a matrix, and what its adapter adds to it. */
    const map = (value: Value, name: string, rows = 'tokens') => {
      const product = linear(tape, value, of(name))
      const { down, up } = adapterNames(`${prefixOf(index)}${name}.weight`)
      if (!adapters || !thin.has(down)) return product
      const narrow = tape.keep(linear(tape, value, declare(down)), [rows, adapters.rank])
      return add(tape, product, linear(tape, narrow, declare(up), adapterScale(adapters)))
    }
    const project = (value: Value, name: string, of: number) => splitHeads(tape, map(value, name), grid, of, headSize)
    const keepHeads = (value: Value, of: number) => tape.keep(value, ['rows', of, 'length', headSize])
    const keepStates = (value: Value, width: number) => tape.keep(value, ['tokens', width])

    const normal = rootMeanSquareNorm(tape, input, of('input_layernorm'), epsilon)
    const queries = keepHeads(rotate(tape, project(normal, 'self_attn.q_proj', heads), rotation), heads)
    const keys = keepHeads(rotate(tape, project(normal, 'self_attn.k_proj', keyHeads), rotation), keyHeads)
    const values = keepHeads(project(normal, 'self_attn.v_proj', keyHeads), keyHeads)
    const seen = keepHeads(attention(tape, queries, keys, values, causal, { heads, keyHeads, headSize }), heads)
    const merged = mergeHeads(tape, seen, grid, heads, headSize)
    // After the last attention nothing looks at another position: the rest is for trained positions alone.
    const needed = (value: Value) => (positions ? gatherRows(tape, value, positions) : value)
    const middle = keepStates(add(tape, needed(input), map(needed(merged), 'self_attn.o_proj')), hiddenSize)
    const wide = rootMeanSquareNorm(tape, middle, of('post_attention_layernorm'), epsilon)
    const gate = keepStates(map(wide, 'mlp.gate_proj'), intermediateSize)
    const up = keepStates(map(wide, 'mlp.up_proj'), intermediateSize)
    return add(tape, middle, map(swishGate(tape, gate, up), 'mlp.down_proj'))
  }

  /** What gradients are called, and as what they leave the graph. */
  const named = (gradients: ReadonlyMap<Value, Value>) => ({
    gradients: Object.fromEntries(Array.from(gradients, ([{ name }, gradient]) => [name, gradient.name])),
    ports: Array.from(gradients, ([value, { name }]): Port => {
      const shape = value === x ? ['tokens', hiddenSize] : shapeOf(prefix + value.name)
      return { name, type: 'float32', shape }
    }),
  })
  return {
    graph,
    tape,
    x,
    layer,
    declare,
    named,
    get names() {
      return [...parameters.keys()]
    },
  }
}
