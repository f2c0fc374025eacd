/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in Hugging Face's convention for Llama: entry i of a
 * head is paired with entry i + half.
 * @module
 */
import type { Graph, Value } from '../../../onnx/graph.ts'
import type { Tape } from '../autodiff.ts'

/** Cosines and sines `[context length, head size / 2]`, and the sines of the inverse rotation. */
export interface Rotation {
  cosine: Value
  sine: Value
  inverseSine: Value
  start: Value
}

/**
 * The rotation's tables, as constants of the graph.
 *
 * @param frequencies radians a position for each pair of entries, rounded to float32 where transformers rounds.
 */
export function createRotation(graph: Graph, contextLength: number, frequencies: readonly number[]): Rotation {
  const half = frequencies.length
  const angles = Array.from({ length: contextLength * half }, (_, index) =>
    // Rounded as there, so that late positions turn by the same angle.
    Math.fround(Math.floor(index / half) * frequencies[index % half]!),
  )
  const table = (entry: (angle: number) => number) =>
    graph.constant(Float32Array.from(angles, entry), [contextLength, half])
  return {
    cosine: table(Math.cos),
    sine: table(Math.sin),
    inverseSine: table(angle => -Math.sin(angle)),
    start: graph.constant([0]),
  }
}

/** `x [rows, heads, length, head size]`, every position turned by its angles. */
export function rotate(tape: Tape, x: Value, rotation: Rotation): Value {
  const turn = (value: Value, sine: Value) =>
    tape.graph.operator(
      'RotaryEmbedding',
      [value, rotation.start, rotation.cosine, sine],
      { interleaved: 0 },
      { domain: 'com.microsoft' },
    )
  // A rotation's transpose is its inverse.
  return tape.record(turn(x, rotation.sine), [x], gradient => [turn(gradient, rotation.inverseSine)])
}
