/**
 * Reads and writes Hugging Face checkpoint folders of Llama architecture.
 * @module
 */

export { checkTarget } from './check-target.ts'
export type { LlamaConfig, RopeScaling, TensorShape } from './config.ts'
export { countParameters, tensorShapes } from './config.ts'
export { parseConfig } from './config-file.ts'
export { type ConvertOptions, convertCheckpoint } from './convert-checkpoint.ts'
export { type GgufCheckpoint, openGgufCheckpoint } from './gguf/open-gguf-checkpoint.ts'
export { type GgufType, writeGguf } from './gguf/write-gguf.ts'
export { type Checkpoint, loadCheckpoint } from './load-checkpoint.ts'
export { writeOnnx } from './onnx/write-onnx.ts'
export { type OpenCheckpoint, openCheckpoint } from './open-checkpoint.ts'
export { type ModelOutline, readOutline } from './read-outline.ts'
export { rotaryFrequencies } from './rotary-frequencies.ts'
export { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts'
export { type SaveCheckpointOptions, saveCheckpoint } from './save-checkpoint.ts'
export { openTensorFiles } from './tensor-files.ts'
