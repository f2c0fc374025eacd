/**
 * A Llama model that reads batches of single tokens, each at its place in its conversation.
 * @module
 */
import type { Checkpoint } from '../../checkpoint/index.ts'
import { createSession, floats, integers, type Tensors } from '../../onnx/session.ts'
import { layerGraphs } from './layer-graphs.ts'
import { createPagedAttention } from './paged-attention.ts'

/** One token to read. */
export interface Token {
  id: number
  slot: number
  position: number
  /** Asks what comes next, at this temperature; 0 is for the likeliest token and gives the model's own probabilities. */
  temperature?: number
}

export interface Decoder {
  readonly slots: number
  /** Makes room in a slot, or frees it with 0. Positions below are kept. */
  resize(slot: number, positions: number): void
  /**
   * Reads tokens of any conversations, those of one conversation in their order. What a token gives does not depend on
   * the others of the batch, bit for bit.
   *
   * @returns for each token with a temperature, in order, the probabilities of the next token
   */
  read(tokens: readonly Token[]): Promise<Float32Array[]>
  close(): Promise<void>
}

/** @throws {MisstepError} `model` when the checkpoint is not one that the engine can run */
export async function createDecoder(
  checkpoint: Checkpoint,
  options: { slots: number; threads: number; batchTokens: number },
): Promise<Decoder> {
  const { config } = checkpoint
  const { threads } = options
  const attention = await createPagedAttention(config, options)
  const sessions = await Promise.all(
    layerGraphs(checkpoint).map(graph => createSession(graph, { threads, fixedShapes: false })),
  )
  return {
    slots: attention.slots,
    resize: attention.resize,
    async read(tokens) {
      const batchPositions = tokens.map(token => token.position)
      attention.setBatch(
        tokens.map(token => token.slot),
        batchPositions,
      )
      const positions = integers(batchPositions, [tokens.length, 1])
      const ids = integers(
        tokens.map(token => token.id),
        [tokens.length, 1],
      )
      let results: Tensors = await sessions[0]!.run({ ids, positions })
      const asked = tokens.flatMap(({ temperature }, index) =>
        temperature === undefined ? [] : { temperature, index },
      )
      for (let layer = 0; layer < config.layers; layer++) {
        const queriesKeys = results.queries_keys!.data as Float32Array
        const attended = attention.attend(layer, queriesKeys, results.values!.data as Float32Array)
        const inputs: Tensors = {
          residual: results.residual_out!,
          attention: floats(attended, [tokens.length, 1, config.heads * config.headSize]),
        }
        if (layer < config.layers - 1) inputs.positions = positions
        else {
          if (asked.length === 0) return []
          inputs.rows = integers(
            asked.map(({ index }) => index),
            [asked.length],
          )
          const sharpness = asked.map(({ temperature }) => (temperature === 0 ? 1 : 1 / temperature))
          inputs.sharpness = floats(sharpness, [asked.length, 1, 1])
        }
        results = await sessions[layer + 1]!.run(inputs)
      }
      const probabilities = results.probabilities!.data as Float32Array
      const size = config.vocabularySize
      return asked.map((_, row) => probabilities.subarray(row * size, (row + 1) * size))
    },
    async close() {
      await Promise.all([attention.close(), ...sessions.map(session => session.release())])
    },
  }
}
