/**
 * Reads and writes Hugging Face checkpoint folders of Llama architecture.
 * @module
 */
export type { LlamaConfig, TensorShape } from './config.ts'
export { parseConfig, tensorShapes } from './config.ts'
export { type Checkpoint, loadCheckpoint } from './load-checkpoint.ts'
export { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts'
export { type SaveCheckpointOptions, saveCheckpoint } from './save-checkpoint.ts'
