/**
 * The stage that trains one arm.
 * @module
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TrainEvent, trainEventSchema } from '../../core/engine.ts'
import { exampleSchema } from '../../core/example.ts'
import { hashValue } from '../../store/hash.ts'
import { openJsonl, readJsonlFile, writeJsonl } from '../../store/jsonl.ts'
import { engineNamed } from '../../train/index.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import { exploringArm } from '../reflect-schema.ts'
import type { Bar } from '../screen.ts'
import type { Stage } from '../stage.ts'
import { trainIdentity } from '../train-schema.ts'
import { exampleFile } from './render-examples.ts'

/** One event an optimiser step. */
export function trainLog(arm: string): string {
  return `checkpoints/${arm}.log.jsonl`
}

/** Whether an arm is trained further from the agent that explores; that one itself starts from the student. */
export function startsFromAgent({ reflect, arms, train }: ResolvedRecipe, arm: string): boolean {
  return arm !== exploringArm(reflect) && (arms[arm]!.from ?? train.from) === 'base-agent'
}

export function trainArmStage(recipe: ResolvedRecipe, arm: string, student: string): Stage {
  const { from: _, mix: __, engine, saveEvery, ...settings } = recipe.train
  const agent = exploringArm(recipe.reflect)
  const fromAgent = startsFromAgent(recipe, arm)
  const checkpoint = `checkpoints/${arm}`
  const partial = trainLog(arm).replace('.log.', '.partial.')
  return {
    name: `train-${arm}`,
    reads: [exampleFile(arm), ...(fromAgent ? [`checkpoints/${agent}`] : [])],
    depends: {
      ...(!fromAgent && { student }),
      settings: hashValue({ engine, ...trainIdentity(settings), seed: recipe.seed }),
    },
    writes: [checkpoint, trainLog(arm)],
    // What the engine leaves beside a checkpoint when it is killed.
    partial: [partial, ...['.state', '.partial', '.replaced'].map(ending => checkpoint + ending)],
    run: async context => {
      const { folder, progress, threads, signal } = context
      const examples = await readJsonlFile(join(folder, exampleFile(arm)), exampleSchema)
      const events = await readEvents(join(folder, partial))
      const isThere = () => existsSync(join(folder, checkpoint))
      // A checkpoint's folder is there only when it is whole; its log may lack a step that was saved, but not told of.
      while (!isThere() || events.size < settings.steps) {
        if (isThere()) {
          for (const path of [checkpoint, partial]) rmSync(join(folder, path), { recursive: true })
          events.clear()
        }
        const training = engineNamed(recipe.train).train(examples, {
          ...settings,
          from: fromAgent ? join(folder, `checkpoints/${agent}`) : context.student.folder,
          to: join(folder, checkpoint),
          seed: recipe.seed,
          saveEvery,
          ...(threads !== undefined && { threads }),
          ...(signal && { signal }),
        })
        const begin = (done: number) => progress.stage(`train ${arm}`, settings.steps, 'steps', done)
        await follow(training, events, join(folder, partial), begin)
        signal?.throwIfAborted()
      }
      const log = [...events.values()].sort((left, right) => left.step - right.step)
      writeJsonl(join(folder, trainLog(arm)), log)
      const last = log.at(-1)!
      return { steps: last.step, tokens: last.tokens, trainedTokens: last.trainedTokens }
    },
  }
}

async function readEvents(partial: string): Promise<Map<number, TrainEvent>> {
  openJsonl(partial).close()
  return new Map((await readJsonlFile(partial, trainEventSchema)).map(event => [event.step, event]))
}

/** Writes each event down as it comes. After a resume, the steps since the last saved point come again. */
async function follow(
  training: AsyncIterable<TrainEvent>,
  events: Map<number, TrainEvent>,
  partial: string,
  begin: (done: number) => Bar,
): Promise<void> {
  const file = openJsonl(partial)
  let bar: Bar | undefined
  try {
    for await (const told of training) {
      // As it is when it is read again, to the order of its keys.
      const event = trainEventSchema.parse(told)
      bar ??= begin(event.step - 1)
      if (!events.has(event.step)) file.append(event)
      events.set(event.step, event)
      bar.advance(1, `loss ${event.loss.toFixed(3)}`)
    }
  } finally {
    file.close()
    bar?.end()
  }
}
