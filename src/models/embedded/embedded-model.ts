/**
 * The embedded student: answers many conversations at once, in this process, without a server.
 * @module
 */
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { openCheckpoint } from '../../checkpoint/index.ts'
import type { ChatAnswer, ChatModel, ChatRequest } from '../../core/agent.ts'
import { MisstepError } from '../../core/errors.ts'
import { createRandom } from '../../core/random.ts'
import { availableMemory } from '../../onnx/available-memory.ts'
import type { Device } from '../../onnx/device.ts'
import { type ChatFormat, loadChatFormat } from '../../render/index.ts'
import { addAnswer, type Conversation, continueConversation, createConversation } from './conversation.ts'
import { createDecoder } from './decoder.ts'
import { endWithChoice } from './end-with-choice.ts'
import { cacheBytes } from './memory-estimate.ts'
import { createScheduler } from './scheduler.ts'
import { findStop, tokensBefore } from './stop-texts.ts'

export interface EmbeddedModelOptions {
  /** Threads; default: one for each core. */
  threads?: number
  /** Conversations whose keys and values are kept; the one used longest ago gives way and is read again. Default 160. */
  slots?: number
  /** Most tokens that are read in one go. Default 256. */
  batchTokens?: number
  /** Most tokens of a conversation. Default: as many as the model was made for, but no more than 8192. */
  contextLength?: number
  /** Bytes of memory that weights, keys and values may take. Default: what is free. */
  memory?: number
  /**
   * Who computes the dense layers: `cpu`; `auto`, whatever provider of ONNX Runtime is installed beside the processor, if
   * one takes them; or a provider by name. Answers may differ in their last bits. Unmeasured. Default `cpu`.
   */
  device?: Device
}

export interface EmbeddedAnswer extends ChatAnswer {
  /** As generated, with the stop token where the model wrote it; without what was chosen. */
  tokenIds: number[]
  /** Of each generated token, in nats, under the distribution that it was taken from. */
  logProbabilities: number[]
  /** Set where the answer is missing or cut because the conversation fills the model's context. */
  overflow?: true
}

export interface EmbeddedModel extends ChatModel {
  readonly checkpoint: string
  /** What computes the dense layers, such as `cpu`. */
  readonly device: string
  /** Most tokens of a conversation. */
  readonly contextLength: number
  /** Tokens that were read since the model was loaded. */
  readonly tokensRead: number
  /**
   * Answers a request. The answer depends on the request and its conversation only, bit for bit, and not on what else
   * the model is doing. `tokensIn` counts the whole prompt, whether it was read before or not.
   *
   * @throws {MisstepError} `usage` for a request that makes no sense; `interrupted` when the model is closed meanwhile
   */
  complete(request: ChatRequest): Promise<EmbeddedAnswer>
}

/**
 * Loads a Hugging Face folder of Llama architecture.
 *
 * @throws {MisstepError} `model` when the folder is not such a checkpoint, or the device does not work here
 * @example
 * const model = await createEmbeddedModel('students/household-base')
 * const messages = [{ role: 'user', content: 'You are in the middle of a room.' }]
 * const { text } = await model.complete({ messages, conversation: 'a', maxTokens: 40, temperature: 0, seed: '' })
 * await model.close()
 */
export async function createEmbeddedModel(folder: string, options: EmbeddedModelOptions = {}): Promise<EmbeddedModel> {
  const { slots = 160, batchTokens = 256 } = options
  const format = await loadChatFormat(folder)
  const { decoder, contextLength, sha256 } = await openDecoder(folder, format, { ...options, slots, batchTokens })
  const scheduler = createScheduler(decoder, { batchTokens, contextLength })
  const conversations = new Map<string, Conversation>()
  const busy = new Set<Conversation>()

  const answer = async (conversation: Conversation, request: ChatRequest): Promise<EmbeddedAnswer> => {
    const { maxTokens, temperature, seed, choices } = request
    const { sequence } = conversation
    continueConversation(conversation, format, request.messages)
    const tokensIn = sequence.ids.length
    if (tokensIn >= contextLength) {
      return { text: '', tokenIds: [], logProbabilities: [], finish: 'length', tokensIn, tokensOut: 0, overflow: true }
    }
    const random = createRandom(seed)
    const stops = [...(request.stop ?? []), ...(choices ? [`\n${choices.after.trimEnd()}`] : [])]
    const decode = (ids: readonly number[]) => format.tokenizer.decode(ids)
    const generated = await scheduler.generate(sequence, {
      stopId: format.stopId,
      maxTokens,
      temperature,
      random,
      ...(stops.length > 0 && { isComplete: ids => findStop(decode(ids), stops) !== undefined }),
    })
    const { tokenIds, logProbabilities, finish, overflow } = generated
    const said = tokenIds.at(-1) === format.stopId ? tokenIds.slice(0, -1) : tokenIds
    const whole = decode(said)
    const end = findStop(whole, stops)
    const text = whole.slice(0, end)
    if (choices && !overflow) {
      const chosen = await endWithChoice({ scheduler, format, contextLength }, conversation, tokensIn, text, {
        choices,
        temperature,
        random,
      })
      if (chosen) return { ...chosen, tokenIds, logProbabilities, finish: 'stop', tokensIn }
    }
    const kept =
      end === undefined ? said.length : tokensBefore(text, said.length, count => decode(said.slice(0, count)))
    addAnswer(conversation, text, { tokensIn, kept, stopId: format.stopId })
    const counts = { tokensIn, tokensOut: tokenIds.length }
    // What was to be chosen found no room.
    const cut = overflow || choices !== undefined
    return { text, tokenIds, logProbabilities, finish, ...counts, ...(cut && { overflow: true }) }
  }

  return {
    name: basename(resolve(folder)),
    checkpoint: sha256,
    device: decoder.device,
    contextLength,
    get tokensRead() {
      return scheduler.tokensRead
    },
    async complete(request) {
      checkRequest(request)
      const name = request.conversation
      const conversation = conversations.get(name) ?? createConversation()
      if (busy.has(conversation)) throw badRequest('The conversation is being answered already', name)
      conversations.set(name, conversation)
      busy.add(conversation)
      try {
        return await answer(conversation, request)
      } finally {
        busy.delete(conversation)
        // Forgotten meanwhile.
        if (conversations.get(name) !== conversation) scheduler.release(conversation.sequence)
      }
    },
    forget(name) {
      const conversation = conversations.get(name)
      conversations.delete(name)
      if (conversation && !busy.has(conversation)) scheduler.release(conversation.sequence)
    },
    close: scheduler.close,
  }
}

async function openDecoder(
  folder: string,
  format: ChatFormat,
  options: EmbeddedModelOptions & { slots: number; batchTokens: number },
) {
  const checkpoint = await openCheckpoint(folder)
  try {
    const { config } = checkpoint
    if (format.tokenizer.vocabularySize > config.vocabularySize) {
      throw new MisstepError('model', 'The tokenizer has more tokens than the model', {
        value: { folder, tokenizer: format.tokenizer.vocabularySize, model: config.vocabularySize },
        advice: 'Take tokenizer and weights from the same checkpoint.',
      })
    }
    const contextLength = Math.min(config.contextLength, options.contextLength ?? LONGEST_CONTEXT)
    const decoder = await createDecoder(checkpoint, {
      slots: options.slots + SCORED_AT_ONCE,
      batchTokens: options.batchTokens,
      threads: options.threads ?? availableParallelism(),
      ...(options.device && { device: options.device }),
      contextLength,
      cacheBytes: cacheBytes(config, contextLength, options.memory ?? availableMemory(), folder),
    })
    return { decoder, contextLength, sha256: await checkpoint.sha256() }
  } finally {
    await checkpoint.close()
  }
}

/** Longer contexts are for those who ask: memory for at least one whole conversation is set aside. */
const LONGEST_CONTEXT = 8192

/** Texts to choose from that are under way at once, beside the conversations. */
const SCORED_AT_ONCE = 32

function checkRequest({ messages, maxTokens, temperature, stop = [], choices }: ChatRequest): void {
  const last = messages.at(-1)
  if (!last || last.role === 'assistant') throw badRequest('A request ends with a message that is to be answered', last)
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw badRequest('maxTokens is a positive integer', maxTokens)
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw badRequest('temperature is 0 or a positive number', temperature)
  }
  if (choices && (choices.texts.length === 0 || choices.after.trim() === '')) {
    throw badRequest('Choices are one text or more, after something', choices)
  }
  if (stop.includes('')) throw badRequest('A stop text is not empty', stop)
}

const badRequest = (what: string, value: unknown) => new MisstepError('usage', what, { value })
