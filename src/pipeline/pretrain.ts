/**
 * Makes a base student: a tokenizer and a small Llama, pre-trained on aimless play in households, in the shop or in SciWorld's house.
 * @module
 */
import { join } from 'node:path'
import { z } from 'zod'
import { checkTarget, type LlamaConfig, saveCheckpoint, type Tensor } from '../checkpoint/index.ts'
import { STATE_TYPES, type TrainEvent } from '../core/engine.ts'
import { NO_LOSS } from '../core/example.ts'
import { createRandom } from '../core/random.ts'
import {
  type ChatFormat,
  loadChatFormat,
  STUDENT_CHAT,
  trainTokenizer,
  trajectoryMessages,
  writeTokenizer,
} from '../render/index.ts'
import { createTrainer } from '../train/embedded/create-trainer.ts'
import { initialTensors } from '../train/embedded/initialise.ts'
import type { Row } from '../train/embedded/micro-batches.ts'
import { openWalks, playSchema } from './walks/open-walks.ts'
import type { Walks } from './walks/walk.ts'
import { walkTexts } from './walks/walk-texts.ts'

export const pretrainRecipeSchema = z.strictObject({
  name: z.string(),
  seed: z.int(),
  /** The shape of the student. */
  model: z.strictObject({
    hiddenSize: z.int(),
    layers: z.int(),
    heads: z.int(),
    keyValueHeads: z.int(),
    intermediateSize: z.int(),
    contextLength: z.int(),
    /**
     * How much wider than usual (deviation 0.02) the first weights are drawn: embeddings, and all other matrices.
     * Default: 1 each.
     */
    spread: z.strictObject({ embeddings: z.number().positive(), others: z.number().positive() }).optional(),
  }),
  /** A tokenizer that is there already, or how to make one. */
  tokenizer: z.union([
    z.strictObject({
      /** The folder that it is in, relative to the current one. */
      from: z.string(),
    }),
    z.strictObject({
      /** Most tokens. */
      vocabularySize: z.int(),
      /** Walks whose texts the tokenizer counts, each also played by the expert. */
      games: z.int(),
      /** `single`: every digit is a token of its own, so that numbers are copied digit by digit. Default: as they come. */
      digits: z.enum(['single']).optional(),
    }),
  ]),
  play: playSchema,
  train: z.strictObject({
    steps: z.int(),
    batchTokens: z.int(),
    learningRate: z.number(),
    warmUp: z.number(),
    weightDecay: z.number(),
    clipNorm: z.number(),
    saveEvery: z.int(),
    /** How AdamW's moments are kept. Default: `float32`. */
    states: z.enum(STATE_TYPES).exactOptional(),
  }),
})
export type PretrainRecipe = z.infer<typeof pretrainRecipeSchema>

/**
 * Pre-trains by a recipe into a Hugging Face folder; a run that was stopped goes on where it was saved last.
 * The same recipe on the same machine gives the same bytes.
 *
 * @param work folder for the tokenizer and the resumable state
 * @param to the finished checkpoint's folder; a checkpoint that is there is replaced, anything else is an error
 * @example
 * for await (const event of pretrain(recipe, 'runs/household-base', 'students/household-base')) console.log(event.loss)
 */
export async function* pretrain(
  recipe: PretrainRecipe,
  work: string,
  to: string,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  // Now, not after hours.
  await checkTarget(to)
  const walks = await openWalks(recipe.play)
  try {
    yield* pretrainOn(walks, recipe, work, to, signal)
  } finally {
    await walks.close()
  }
}

async function* pretrainOn(
  walks: Walks,
  recipe: PretrainRecipe,
  work: string,
  to: string,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const tokenizerFolder = await prepareTokenizer(walks, recipe, work)
  const format = await loadChatFormat(tokenizerFolder)
  const { spread, ...model } = recipe.model
  const config: LlamaConfig = {
    ...model,
    headSize: model.hiddenSize / model.heads,
    vocabularySize: format.tokenizer.vocabularySize,
    ropeTheta: 10_000,
    normEpsilon: 1e-5,
    tiedEmbeddings: true,
  }
  const trainer = createTrainer(
    { config, tensors: widen(initialTensors(config, recipe.seed), spread) },
    // A state that keeps its moments otherwise is refused, not passed over as another run's.
    { ...recipe.train, run: JSON.stringify({ ...recipe, train: { ...recipe.train, states: undefined } }) },
  )
  const state = join(work, 'state')
  try {
    await trainer.resume(state)
    const rows = walkRows(walks, format, recipe)
    const { steps, batchTokens, saveEvery } = recipe.train
    let coming = nextBatch(rows, batchTokens)
    for (let step = 0; step < steps; step++) {
      const batch = await coming
      // A simulator walks while the trainer trains.
      coming = nextBatch(rows, batchTokens)
      coming.catch(() => {})
      // Rows are made anew from their numbers, so a resumed run reads past those that were learnt from.
      if (step < trainer.step) continue
      yield await trainer.train(batch)
      if (signal?.aborted || (step + 1) % saveEvery === 0) await trainer.save(state)
      signal?.throwIfAborted()
    }
    await saveCheckpoint(to, { config, tensors: trainer.tensors(), tokenizerFrom: tokenizerFolder })
  } finally {
    await trainer.close()
  }
}

function widen(tensors: Map<string, Tensor>, spread: PretrainRecipe['model']['spread']): Map<string, Tensor> {
  if (!spread) return tensors
  for (const [name, { data, shape }] of tensors) {
    if (shape.length < 2) continue
    const factor = name.includes('embed_tokens') ? spread.embeddings : spread.others
    for (let i = 0; i < data.length; i++) data[i]! *= factor
  }
  return tensors
}

/** Rows of one walk after the other; every token but the first carries loss, except for what nobody could foresee. */
async function* walkRows(
  walks: Walks,
  format: ChatFormat,
  { play, seed, model }: PretrainRecipe,
): AsyncGenerator<Row, never, undefined> {
  const [fewest, most] = play.steps
  const { prompt } = walks
  for (let number = walks.first; ; number++) {
    const length = fewest + createRandom('wander', seed, number).integer(most - fewest + 1)
    const walk = await walks.walk(number, length, createRandom('walk', seed, number))
    const messages = trajectoryMessages(walk, { prompt })
    const ids = format.promptIds(messages, { addGenerationPrompt: false }).slice(0, model.contextLength)
    let ended = 0
    const labels = ids.map(id => {
      const { role, step } = messages[ended]!
      if (id === format.stopId) ended++
      return role === 'user' && walk.unforeseen.has(step) ? NO_LOSS : id
    })
    yield { ids, labels }
  }
}

/** Rows until the next one would pass the budget; that one waits for the next batch. */
async function nextBatch(rows: AsyncIterator<Row, never>, tokens: number): Promise<Row[]> {
  const batch: Row[] = []
  for (let left = tokens; ; ) {
    const row = (await rows.next()).value
    batch.push(row)
    left -= row.ids.length
    if (left < 0) return batch
  }
}

/** The folder with the tokenizer. */
async function prepareTokenizer(walks: Walks, recipe: PretrainRecipe, work: string): Promise<string> {
  const { tokenizer, model, play, seed } = recipe
  if ('from' in tokenizer) return tokenizer.from
  const counted = await walkTexts(walks, tokenizer.games, play.steps[1], seed)
  // What never stands together is never merged.
  const texts = tokenizer.digits === 'single' ? counted.map(text => text.replace(/\d(?=\d)/g, '$& ')) : counted
  const file = trainTokenizer(texts, {
    vocabularySize: tokenizer.vocabularySize,
    specialTokens: STUDENT_CHAT.specialTokens,
  })
  await writeTokenizer(work, file, { contextLength: model.contextLength })
  return work
}
