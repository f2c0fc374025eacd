/**
 * Writes and runs ONNX models.
 * @module
 */
export { DEVICE_NAME, type Device, deviceNote } from './device.ts'
export {
  type Attribute,
  type Constant,
  createGraph,
  type Dimension,
  type ElementType,
  type Graph,
  type OperatorOptions,
  type Port,
  type Value,
} from './graph.ts'
export {
  createSession,
  floats,
  integers,
  type Session,
  type SessionOptions,
  type Tensors,
} from './session.ts'
