/**
 * Runs ONNX models with ONNX Runtime.
 * @module
 */
import { availableParallelism } from 'node:os'
import { Tensor } from 'onnxruntime-node'
import { createOn, type Device } from './device.ts'

/** Tensors by name. */
export type Tensors = Record<string, Tensor>

export interface Session {
  /** The provider that computes, such as `cpu`. */
  readonly device: string
  /**
   * Runs the model. Calls may overlap.
   * @param inputs the tensors of the model's inputs; their memory is used in place.
   * @param into tensors that results are written into, by name; results that are not named here get memory of their own.
   */
  run(inputs: Tensors, into?: Tensors): Promise<Tensors>
  /** Frees the session's memory. */
  release(): Promise<void>
}

export interface SessionOptions {
  /** Threads that share one run; default: one for each core. */
  threads?: number
  /** Set false where shapes change from run to run: no plan of the memory is kept for every shape. Default true. */
  fixedShapes?: boolean
  /** Default `cpu`. */
  device?: Device
}

/**
 * A session for a model's bytes.
 *
 * @throws MisstepError when ONNX Runtime refuses the model, or the device does not work here.
 * @example
 * const session = await createSession(graph.toModel(), { threads: 1 })
 * const { y } = await session.run({ x: floats([1, 2, 3], [1, 3]) })
 */
export async function createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const settings = {
    intraOpNumThreads: options.threads ?? availableParallelism(),
    interOpNumThreads: 1,
    enableMemPattern: options.fixedShapes ?? true,
    logSeverityLevel: 3,
    // Waiting threads sleep: on few cores spinning ones take the time of those that work.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  } as const
  const { session, device } = await createOn(options.device ?? 'cpu', model, settings)
  const names = session.outputNames
  return {
    device,
    run: async (inputs, into = {}) =>
      (await session.run(inputs, Object.fromEntries(names.map(name => [name, into[name] ?? null])))) as Tensors,
    release: () => session.release(),
  }
}

/** A float tensor; typed arrays are used in place. */
export function floats(data: Float32Array | readonly number[], shape: readonly number[]): Tensor {
  return new Tensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), shape)
}

/** A tensor of whole numbers (int64). */
export function integers(data: BigInt64Array | Int32Array | readonly number[], shape: readonly number[]): Tensor {
  return new Tensor('int64', data instanceof BigInt64Array ? data : BigInt64Array.from(data as number[], BigInt), shape)
}
