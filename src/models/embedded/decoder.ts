/**
 * A Llama model that reads batches of single tokens, each at its place in its conversation.
 * @module
 */
import type { LlamaConfig, OpenCheckpoint } from '../../checkpoint/index.ts'
import type { Device } from '../../onnx/device.ts'
import { createSession, floats, integers, type Session, type Tensors } from '../../onnx/session.ts'
import { layerGraph } from './layer-graphs.ts'
import { createPagedAttention, type PagedAttention } from './paged-attention.ts'
import { createRotationTable } from './rotation-table.ts'

/** One token to read. */
export interface Token {
  id: number
  slot: number
  position: number
  /** Asks what comes next, at this temperature; 0 is for the likeliest token and gives the model's own probabilities. */
  temperature?: number
}

export interface Decoder extends Pick<PagedAttention, 'slots' | 'reserve' | 'share'> {
  /** What computes the dense layers, such as `cpu`. */
  readonly device: string
  /**
   * Reads tokens of any conversations, those of one conversation in their order. What a token gives does not depend on
   * the others of the batch, bit for bit.
   *
   * @returns for each token with a temperature, in order, the probabilities of the next token
   */
  read(tokens: readonly Token[]): Promise<Float32Array[]>
  close(): Promise<void>
}

export interface DecoderOptions {
  slots: number
  threads: number
  /** Most tokens that are read in one go. */
  batchTokens: number
  /** Most tokens of a conversation. */
  contextLength: number
  /** Most bytes of keys and values. */
  cacheBytes: number
  /** Where the dense layers are computed; attention always on the processor. Default `cpu`. */
  device?: Device
}

/** @throws {MisstepError} `model` when the checkpoint is not one that the engine can run */
export async function createDecoder(
  checkpoint: Pick<OpenCheckpoint, 'config' | 'read'>,
  options: DecoderOptions,
): Promise<Decoder> {
  const config: LlamaConfig = { ...checkpoint.config, contextLength: options.contextLength }
  const { hiddenSize, vocabularySize, layers } = config
  const attention = await createPagedAttention(config, options)
  const rotationOf = createRotationTable(config)
  const { embeddings, sessions } = await openSessions(checkpoint, options)

  const embed = (tokens: readonly Token[]) => {
    const rows = new Float32Array(tokens.length * hiddenSize)
    tokens.forEach(({ id }, row) => {
      rows.set(embeddings.subarray(id * hiddenSize, (id + 1) * hiddenSize), row * hiddenSize)
    })
    return floats(rows, [tokens.length, 1, hiddenSize])
  }

  return {
    device: [...new Set(sessions.map(session => session.device))].join(' and '),
    slots: attention.slots,
    reserve: attention.reserve,
    share: attention.share,
    async read(tokens) {
      const positions = tokens.map(token => token.position)
      attention.setBatch(
        tokens.map(token => token.slot),
        positions,
      )
      const { cosines, sines } = rotationOf(positions)
      const rotation = {
        turns: integers([...tokens.keys()], [tokens.length, 1]),
        cosines: floats(cosines, [tokens.length, config.headSize / 2]),
        sines: floats(sines, [tokens.length, config.headSize / 2]),
      }
      let results: Tensors = await sessions[0]!.run({ residual: embed(tokens), ...rotation })
      const asked = tokens.flatMap(({ temperature }, index) =>
        temperature === undefined ? [] : { temperature, index },
      )
      for (let layer = 0; layer < layers; layer++) {
        const queriesKeys = results.queries_keys!.data as Float32Array
        const attended = attention.attend(layer, queriesKeys, results.values!.data as Float32Array)
        const inputs: Tensors = {
          residual: results.residual_out!,
          attention: floats(attended, [tokens.length, 1, config.heads * config.headSize]),
        }
        if (layer < layers - 1) Object.assign(inputs, rotation)
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
      return asked.map((_, row) => probabilities.subarray(row * vocabularySize, (row + 1) * vocabularySize))
    },
    async close() {
      await Promise.all([attention.close(), ...sessions.map(session => session.release())])
    },
  }
}

/** One layer after the other, so that no more than one layer's weights is in memory twice. */
async function openSessions(
  checkpoint: Pick<OpenCheckpoint, 'config' | 'read'>,
  { threads, device = 'cpu' }: Pick<DecoderOptions, 'threads' | 'device'>,
) {
  const { config } = checkpoint
  const read = async (name: string) => (await checkpoint.read(name)).data
  const embeddings = await read('model.embed_tokens.weight')
  const sessions: Session[] = []
  for (let index = 0; index <= config.layers; index++) {
    const isLast = index === config.layers
    const head = isLast && !config.tiedEmbeddings ? await read('lm_head.weight') : embeddings
    const graph = await layerGraph(config, index, read, head)
    sessions.push(await createSession(graph, { threads, fixedShapes: false, device }))
  }
  return { embeddings, sessions }
}
