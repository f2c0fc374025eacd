/**
 * The training loop's inside: one optimiser step at a time on rows that the caller supplies.
 * @module
 */
import { availableParallelism } from 'node:os'
import type { LlamaConfig, Tensor } from '../../checkpoint/index.ts'
import type { TrainEvent, TrainOptions } from '../../core/engine.ts'
import { MisstepError } from '../../core/errors.ts'
import { defaultAdamW, learningRateAt } from './adamw.ts'
import { type AdapterOptions, adapterLayout, initialAdapters, mergeAdapters } from './adapters.ts'
import { createGradientWorkers } from './gradient-workers.ts'
import { createLlamaModels } from './llama.ts'
import { cutMicroBatches, type Row } from './micro-batches.ts'
import { joinParameters, parameterLayout, sharedFloats, sharedMoments, splitParameters } from './parameters.ts'
import { loadState, saveState } from './state.ts'
import { fitTraining, isWhole } from './training-memory.ts'

export interface TrainerOptions
  extends Pick<TrainOptions, 'steps' | 'learningRate' | 'warmUp' | 'weightDecay' | 'clipNorm' | 'threads' | 'states'> {
  /** The most tokens of a row; default: the model's context length. */
  longestRow?: number
  /**
   * The most tokens of a step's second longest row, of its third longest, and so on: threads beside the first count with
   * these when memory is estimated. Default: all as long as the longest.
   */
  furtherRows?: readonly number[]
  /** Names the data and whatever else decides the course of training: a saved state resumes only under the same. */
  run?: string
  /** Train adapters with these, and leave the model's own weights as they are; default: train all weights. */
  adapters?: AdapterOptions & { seed?: number }
  /**
   * Whether each layer is computed again on the way back, which takes less memory and a third more time; the result is the
   * same to the bit. Default: where that is faster, because memory has room for more threads then, or for any at all.
   */
  recompute?: boolean
  /** Bytes of memory that it may take; default: what is free. Where there is too little for all threads, there are fewer. */
  memory?: number
}

export interface Trainer {
  /** Optimiser steps done. */
  readonly step: number
  /**
   * One optimiser step on the mean loss over all trained tokens of the rows, by their weights.
   * @throws {MisstepError} `train` when a row does not fit the model, nothing is trained, or the loss is not finite
   */
  train(rows: readonly Row[]): Promise<TrainEvent>
  /** The weights as they are now, adapters merged into them, copied. */
  tensors(): Map<string, Tensor>
  /** Writes all that is needed to go on later; the last two states are kept. */
  save(folder: string): Promise<void>
  /**
   * Goes back to the newest whole state in a folder.
   * @param folder as given to `save`; one that does not exist is no error.
   * @returns what was wrong with states that could not be used, in words.
   * @throws {MisstepError} `train` when the newest belongs to this training, but for how its moments are kept
   */
  resume(folder: string): Promise<string[]>
  close(): Promise<void>
}

/**
 * A trainer for a model that starts from given weights.
 *
 * @example
 * const { config, tensors } = await loadCheckpoint('students/household-base')
 * const trainer = createTrainer({ config, tensors }, { steps: 1000, learningRate: 1e-3, warmUp: 0.05, weightDecay: 0.1, clipNorm: 1 })
 * await trainer.resume('pretraining.state')
 * while (trainer.step < 1000) {
 *   const event = await trainer.train(rowsOf(trainer.step))
 *   if (event.step % 100 === 0) await trainer.save('pretraining.state')
 * }
 * await saveCheckpoint('students/new', { config, tensors: trainer.tensors() })
 * await trainer.close()
 */
export function createTrainer(
  start: { config: LlamaConfig; tensors: ReadonlyMap<string, Tensor> },
  options: TrainerOptions,
): Trainer {
  const { config } = start
  const longestRow = Math.min(options.longestRow ?? config.contextLength, config.contextLength)
  const { adapters, states = 'float32' } = options
  const whole = parameterLayout(config)
  const layout = adapters ? adapterLayout(config, adapters) : whole
  const longestRows = [longestRow, ...(options.furtherRows ?? []).map(length => Math.min(length, longestRow))] as const
  const size = { config, longestRows, parameters: whole.size, trained: layout.size, states }
  const { threads, recompute } = fitTraining(size, {
    threads: options.threads ?? availableParallelism(),
    ...(options.recompute !== undefined && { recompute: options.recompute }),
    ...(options.memory !== undefined && { memory: options.memory }),
  })
  const parameters = joinParameters(layout, adapters ? initialAdapters(layout, adapters.seed ?? 0) : start.tensors)
  const frozen = adapters && { layout: whole, numbers: joinParameters(whole, start.tensors) }
  const moments = [sharedMoments(layout.size, states), sharedMoments(layout.size, states)] as const
  const arrays = { parameters, gradient: sharedFloats(layout.size), moments }
  const models = createLlamaModels(config, {
    longestRow,
    recompute,
    whole: isWhole(size, recompute),
    ...(adapters && { adapters }),
  })
  const workers = createGradientWorkers({ config, models, layout, arrays, frozen }, threads)
  const state = [parameters, ...moments] as const
  const { steps, learningRate: highest, warmUp, weightDecay, clipNorm } = options
  const run = JSON.stringify({ config, steps, highest, warmUp, weightDecay, clipNorm, adapters, run: options.run })
  const counts = { step: 0, tokens: 0, trainedTokens: 0 }

  return {
    get step() {
      return counts.step
    },
    async train(rows) {
      for (const row of rows) checkRow(row, longestRow, config.vocabularySize)
      const microBatches = cutMicroBatches(rows)
      const trained = microBatches.reduce((sum, { targets }) => sum + targets.length, 0)
      if (trained === 0) throw new MisstepError('train', `Step ${counts.step + 1} has no trained token`)
      const total = microBatches.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0)
      const loss = await workers.compute(microBatches, 1 / total)
      const gradientNorm = await workers.norm()
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        throw new MisstepError('train', `The loss or its gradient is not a finite number at step ${counts.step + 1}`, {
          value: { loss: String(loss), gradientNorm: String(gradientNorm) },
          advice: 'Lower the learning rate, or lengthen the warm-up.',
        })
      }
      counts.step++
      const learningRate = learningRateAt(counts.step, steps, highest, warmUp)
      const scale = gradientNorm > clipNorm ? clipNorm / gradientNorm : 1
      await workers.update({ ...defaultAdamW, weightDecay, step: counts.step, learningRate, scale })
      counts.tokens += rows.reduce((sum, row) => sum + row.ids.length, 0)
      counts.trainedTokens += trained
      return { ...counts, steps, loss, learningRate, gradientNorm }
    },
    tensors() {
      const trained = splitParameters(layout, parameters)
      if (!adapters || !frozen) return trained
      const merged = splitParameters(whole, frozen.numbers)
      mergeAdapters(merged, trained, adapters)
      return merged
    },
    save: folder => saveState(folder, counts, run, state),
    async resume(folder) {
      const { counts: saved, problems } = await loadState(folder, run, state)
      Object.assign(counts, saved)
      return problems
    },
    close: () => workers.close(),
  }
}

function checkRow({ ids, labels }: Row, longest: number, vocabulary: number): void {
  if (labels.length !== ids.length)
    throw new MisstepError('train', `A row has ${ids.length} tokens and ${labels.length} labels`)
  if (ids.length > longest) {
    throw new MisstepError('train', `A row has ${ids.length} tokens; the model reads ${longest} at most`, {
      advice: 'Shorten the examples, or train a model with a longer context.',
    })
  }
  for (let i = 0; i < ids.length; i++) {
    const label = Math.max(labels[i]!, 0)
    if (!(ids[i]! >= 0 && ids[i]! < vocabulary && label < vocabulary)) {
      throw new MisstepError('train', `A token is not in the model's vocabulary of ${vocabulary}`, {
        value: { id: ids[i], label: labels[i] },
        advice: 'Render the examples with the tokenizer of the checkpoint that is trained.',
      })
    }
  }
}
