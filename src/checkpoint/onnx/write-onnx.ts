/**
 * Writes a checkpoint folder as one ONNX file, for ONNX Runtime and what is built on it.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { countParameters } from '../config.ts'
import { openCheckpoint } from '../open-checkpoint.ts'
import { writeModelFile } from '../write-model-file.ts'
import { llamaGraph } from './llama-graph.ts'

/** A protocol buffer cannot be longer; some of it is the graph itself. */
const MOST_BYTES = 2 ** 31 - 2 ** 24

/**
 * Writes a Hugging Face folder of Llama architecture as one file in float32, which gets its name when it is complete. It
 * reads token ids and gives logits, with keys and values of what was read before as inputs and outputs; see `llamaGraph`.
 *
 * @param to the file; one that was there before is replaced
 * @throws {MisstepError} `model` when the folder cannot be read or the model is too large; `store` when writing fails
 * @example
 * await writeOnnx('runs/mine/checkpoints/step', 'student/model.onnx')
 */
export async function writeOnnx(folder: string, to: string): Promise<void> {
  const checkpoint = await openCheckpoint(folder)
  try {
    const { config } = checkpoint
    const bytes = 4 * countParameters(config)
    if (bytes > MOST_BYTES) {
      throw new MisstepError('model', `A single ONNX file holds 2 GB at most; the weights in ${folder} are more`, {
        value: bytes,
        advice: 'Write GGUF instead, or use the exporter of Hugging Face Optimum.',
      })
    }
    const graph = await llamaGraph(config, async name => (await checkpoint.read(name)).data)
    await writeModelFile(to, graph.toPieces())
  } finally {
    await checkpoint.close()
  }
}
