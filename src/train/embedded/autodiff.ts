/**
 * Reverse-mode automatic differentiation that writes its result into the graph: forward and backward pass are one model.
 * @module
 */
import type { Graph, Value } from '../../onnx/graph.ts'

/** A gradient that is written when it is first asked for. */
export type Later = () => Value

/**
 * Given the loss's gradient by an operation's result, writes its gradient by each of the operation's inputs. Gradients by
 * parameters are best given as {@link Later}: see {@link Tape.gradients}.
 */
export type Backward = (gradient: Value) => (Value | Later | undefined)[]

/** A graph, and what was computed in it from what, in order. */
export interface Tape {
  readonly graph: Graph
  /** A tensor that is an input of the model and whose gradient is wanted. */
  parameter(name: string, shape: readonly number[]): Value
  /** Notes that `result` was computed from `inputs`; returns it. */
  record(result: Value, inputs: readonly Value[], backward: Backward): Value
  /** Whether a value depends on a parameter; where not, its gradient need not be written. */
  needsGradient(value: Value): boolean
  /**
   * Writes the backward pass of a result.
   * @param seed the gradient by the result; default: one, for a scalar.
   *
   * ONNX Runtime begins with what is written last, and with all that it needs. So gradients are written by the caller, those of
   * the first layers first: then each layer's are computed when the way back passes it, and nothing is kept for later.
   *
   * @returns the gradient by each parameter, with the parameter's shape; parameters without influence are missing.
   */
  gradients(result: Value, seed?: Value): Map<Value, Later>
}

interface Entry {
  result: Value
  inputs: readonly Value[]
  backward: Backward
}

/**
 * An empty tape over a graph.
 *
 * @param wanted values of the graph that are parameters here
 * @example
 * const tape = createTape(graph)
 * const weight = tape.parameter('weight', [4, 3])
 * const loss = ... // operations on the tape
 * for (const [parameter, gradient] of tape.gradients(loss)) graph.output(gradient(), `gradient ${parameter.name}`)
 */
export function createTape(graph: Graph, wanted: readonly Value[] = []): Tape {
  const parameters = [...wanted]
  const dependent = new Set(wanted)
  const entries: Entry[] = []
  return {
    graph,
    parameter(name, shape) {
      const value = graph.input(name, 'float32', shape)
      parameters.push(value)
      dependent.add(value)
      return value
    },
    record(result, inputs, backward) {
      if (inputs.some(input => dependent.has(input))) {
        dependent.add(result)
        entries.push({ result, inputs, backward })
      }
      return result
    },
    needsGradient: value => dependent.has(value),
    gradients(last, seed = graph.constant(Float32Array.of(1), [])) {
      const gradients = new Map<Value, Later>([[last, () => seed]])
      // Entries stand in the order of computation, so their reverse has every use of a value before its origin.
      for (const { result, inputs, backward } of entries.toReversed()) {
        const gradient = gradients.get(result)
        if (!gradient) continue
        backward(gradient()).forEach((given, index) => {
          const input = inputs[index]!
          if (!given || !dependent.has(input)) return
          const part = once(given)
          const sum = gradients.get(input)
          gradients.set(input, sum ? once(() => graph.operator('Add', [sum(), part()])) : part)
        })
      }
      return new Map(parameters.flatMap(value => (gradients.has(value) ? [[value, gradients.get(value)!]] : [])))
    },
  }
}

function once(given: Value | Later): Later {
  if (typeof given !== 'function') return () => given
  let value: Value | undefined
  return () => (value ??= given())
}
