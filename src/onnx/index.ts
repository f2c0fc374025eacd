/**
 * Writes and runs ONNX models.
 * @module
 */
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
  DEVICES,
  type Device,
  floats,
  integers,
  type Session,
  type SessionOptions,
  type Tensors,
} from './session.ts'
