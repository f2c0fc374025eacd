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
  /** The inputs that a parameter's gradient is added to, in the head. */
  sums?: Record<string, string>
  /** The layer's result, or the loss. */
  result: string
}

/** A layer's way forth and its way back. */
export interface LlamaLayer {
  /** From `x`: the result, and what is {@link kept}. */
  forward: LlamaModel
  /** From `x`, what was kept, and `gradient`, by the result: the gradients. */
  backward: LlamaModel
  kept: readonly Port[]
}

/**
 * A model in pieces: one pair for all layers but the last, for they differ in nothing but numbers, one for the last, and
 * its head. Or it is whole.
 *
 * All take the outputs of `prepare`, which depend on the rows' length (`length` int64 `[1]`) alone; all but this take
 * `grid`, int64 `[rows, length]`, and parameters. Rows lie one after the other, shorter ones padded at their end: attention is
 * causal, so padding touches nothing before it. Models of the last layer also take `positions` int64 `[trained]`, the places
 * in the flattened rows whose next token is trained; the head takes `targets` int64 `[trained]`, those tokens, and
 * `weights` `[trained]`. The loss is the sum of weight times negative log-likelihood.
 */
export interface LlamaModels {
  prepare: Uint8Array
  /** From states `[tokens, width]` to states; missing where there is one layer, or a whole model. */
  inner?: LlamaLayer
  /** From states `[tokens, width]` to those of trained positions, `[trained, width]`. Missing where the model is whole. */
  last?: LlamaLayer
  /** From states `[trained, width]` the norm and the loss of some trained positions, and the gradients; or the whole model. */
  loss: LlamaModel
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
  const pieces = !options.whole && {
    ...(config.layers > 1 && { inner: layerModels(config, options, causal, 0) }),
    last: layerModels(config, options, causal, config.layers - 1),
  }
  const loss = lossModel(config, options, causal)
  return { prepare: prepare.toModel(), ...pieces, loss }
}

function layerModels(config: LlamaConfig, options: LlamaModelOptions, causal: CausalPorts, index: number): LlamaLayer {
  const { graph, tape, x, layer, named, names } = begin(config, options, causal, 'tokens', prefixOf(index))
  const isLast = index === config.layers - 1
  const shape = [isLast ? 'trained' : 'tokens', config.hiddenSize]
  const result = layer(index, x, isLast ? graph.input('positions', 'int64', ['trained']) : undefined)
  const back = named(tape.gradients(result, graph.input('gradient', 'float32', shape)))
  // What is computed again is one layer at a time: the last one's way back comes at once.
  const kept = options.recompute && !isLast ? [] : tape.kept
  const forward = graph.extract([], [{ name: result.name, type: 'float32', shape }, ...kept])
  const common = { parameters: names(), result: result.name }
  return {
    forward: { ...common, bytes: forward, gradients: {} },
    backward: { ...common, bytes: graph.extract(kept, back.ports), gradients: back.gradients },
    kept,
  }
}

/** The head, which adds to gradients that it is given; or all layers and the head. */
function lossModel(config: LlamaConfig, options: LlamaModelOptions, causal: CausalPorts): LlamaModel {
  const { whole = false } = options
  const { graph, tape, x, layer, declare, named, names } = begin(config, options, causal, whole ? 'tokens' : 'trained')
  const targets = graph.input('targets', 'int64', ['trained'])
  const weights = graph.input('weights', 'float32', ['trained'])
  let states = x
  if (whole) {
    const positions = graph.input('positions', 'int64', ['trained'])
    for (let index = 0; index < config.layers; index++)
      states = layer(index, states, index === config.layers - 1 ? positions : undefined)
  }
  const norm = declare('model.norm.weight')
  const table = declare(headOf(config))
  const sums = new Map<Value, Value>()
  if (!whole) {
    const shapes = [[config.hiddenSize], [config.vocabularySize, config.hiddenSize]]
    for (const [index, value] of [norm, table].entries()) {
      if (tape.needsGradient(value)) sums.set(value, graph.input(`sum of ${value.name}`, 'float32', shapes[index]!))
    }
  }
  const hidden = rootMeanSquareNorm(tape, states, norm, config.normEpsilon)
  const loss = vocabularyLoss(tape, hidden, table, targets, weights, sums.get(table))
  const all = tape.gradients(loss)
  if (sums.has(norm)) all.set(norm, graph.operator('Add', [sums.get(norm)!, all.get(norm)!]))
  const { ports, gradients } = named(all)
  const bytes = graph.extract([], [{ name: loss.name, type: 'float32', shape: [] }, ...ports])
  const given = Object.fromEntries(Array.from(sums, ([value, sum]) => [value.name, sum.name]))
  return { bytes, parameters: names(), gradients, sums: given, result: loss.name }
}

/** What the names of a layer's parameters begin with. */
export const prefixOf = (layer: number) => `model.layers.${layer}.`

/**
 * A graph with `x`, and how layers are written into it.
 *
 * @param rows what the number of its rows is called
 * @param prefix what the names of parameters do without: that of the one layer
 */
function begin(config: LlamaConfig, options: LlamaModelOptions, causal: CausalPorts, rows: string, prefix = '') {
  const { heads, keyValueHeads: keyHeads, headSize, hiddenSize, intermediateSize, normEpsilon: epsilon } = config
  const { adapters } = options
  const graph = createGraph()
  const tape = createTape(graph)
  const x = tape.parameter('x', [rows, hiddenSize])
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
    const end = positions ? 'trained' : 'tokens'
    const of = (name: string) => declare(`${prefixOf(index)}${name}.weight`)
    /** The product with a matrix, and what its adapter adds to it. */
    const map = (value: Value, name: string, rows = end) => {
      const product = linear(tape, value, of(name))
      const { down, up } = adapterNames(`${prefixOf(index)}${name}.weight`)
      if (!adapters || !thin.has(down)) return product
      const narrow = tape.keep(linear(tape, value, declare(down)), [rows, adapters.rank])
      return add(tape, product, linear(tape, narrow, declare(up), adapterScale(adapters)))
    }
    const project = (value: Value, name: string, of: number) =>
      splitHeads(tape, map(value, name, 'tokens'), grid, of, headSize)
    const keepHeads = (value: Value, of: number) => tape.keep(value, ['rows', of, 'length', headSize])
    const keepStates = (value: Value, width: number) => tape.keep(value, [end, width])

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
      const shape = value === x ? [rows, hiddenSize] : shapeOf(prefix + value.name)
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
    names: () => [...parameters.keys()],
  }
}
