/**
 * Reverse-mode automatic differentiation that writes its result into the graph: forward and backward pass are one graph.
 * @module
 */
import type { Dimension, Graph, Port, Value } from '../../onnx/graph.ts'

/** Given the loss's gradient by an operation's result, writes its gradient by each of the operation's inputs. */
export type Backward = (gradient: Value) => (Value | undefined)[]

/** A graph, and what was computed in it from what, in order. */
export interface Tape {
  readonly graph: Graph
  /** A tensor that is an input of the model and whose gradient is wanted. */
  parameter(name: string, shape: readonly Dimension[]): Value
  /** Notes that `result` was computed from `inputs`; returns it. */
  record(result: Value, inputs: readonly Value[], backward: Backward): Value
  /**
   * Notes that a tensor of floats is worth its memory until the way back, and returns it: a graph that is cut in two
   * ({@link Graph.extract}) computes again there what was not kept.
   */
  keep(value: Value, shape: readonly Dimension[]): Value
  /** What is to be kept, in order. */
  readonly kept: readonly Port[]
  /** Whether a value depends on a parameter; where not, its gradient need not be written. */
  needsGradient(value: Value): boolean
  /**
   * Writes the backward pass of a result.
   *
   * @param seed the gradient by the result; default: one, for a scalar.
   * @returns the gradient by each parameter, with the parameter's shape; parameters without influence are missing.
   */
  gradients(result: Value, seed?: Value): Map<Value, Value>
}

interface Entry {
  result: Value
  inputs: readonly Value[]
  backward: Backward
}

/**
 * An empty tape over a graph.
 *
 * @example
 * const tape = createTape(graph)
 * const weight = tape.parameter('weight', [4, 3])
 * const loss = ... // operations on the tape
 * for (const [parameter, gradient] of tape.gradients(loss)) graph.output(gradient, `gradient ${parameter.name}`)
 */
export function createTape(graph: Graph): Tape {
  const parameters: Value[] = []
  const dependent = new Set<Value>()
  const entries: Entry[] = []
  const kept: Port[] = []
  return {
    graph,
    kept,
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
    keep(value, shape) {
      kept.push({ name: value.name, type: 'float32', shape })
      return value
    },
    needsGradient: value => dependent.has(value),
    gradients(last, seed = graph.constant(Float32Array.of(1), [])) {
      const gradients = new Map<Value, Value>([[last, seed]])
      // Entries stand in the order of computation, so their reverse has every use of a value before its origin.
      for (const { result, inputs, backward } of entries.toReversed()) {
        const gradient = gradients.get(result)
        if (!gradient) continue
        backward(gradient).forEach((part, index) => {
          const input = inputs[index]!
          if (!part || !dependent.has(input)) return
          const sum = gradients.get(input)
          gradients.set(input, sum ? graph.operator('Add', [sum, part]) : part)
        })
      }
      return new Map(parameters.flatMap(value => (gradients.has(value) ? [[value, gradients.get(value)!]] : [])))
    },
  }
}
