/**
 * What an arm of a finished run was trained on.
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import { type Example, exampleSchema } from '../core/example.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { MASK_POLICIES, type MaskPolicy, roundOf, trajectoryIdOf } from '../render/index.ts'
import { readJsonl } from '../store/jsonl.ts'
import { readManifest } from '../store/manifest.ts'
import { type WeightedConversation, weightedConversation } from './conversation.ts'

const recipeSchema = z.looseObject({
  environment: z.looseObject({ name: z.string() }),
  arms: z.record(
    z.string(),
    z.looseObject({ data: z.array(z.string()), mask: z.enum(MASK_POLICIES).default('errors') }),
  ),
})

export interface RunArm {
  /** The environment as the recipe has it: its name or module, with its options. */
  environment: { name: string; [option: string]: unknown }
  /** The rows that the arm was trained on. */
  examples(): AsyncIterable<Example>
  /**
   * The conversations that these rows were made of, each as often as its rows were repeated.
   *
   * @param promptOf what stands before each of them: the environment's prompt
   */
  conversations(promptOf: (trajectory: Trajectory) => string | Promise<string>): AsyncIterable<WeightedConversation>
}

/**
 * Opens the training data of one arm of a run.
 *
 * @throws {MisstepError} `usage` when there is no such arm; `data` when the run has not rendered its rows yet
 */
export function openRunArm(folder: string, arm: string | undefined): RunArm {
  const { arms, environment } = readRecipe(folder)
  const names = Object.keys(arms)
  const name = arm ?? (names.length === 1 ? names[0]! : '')
  const chosen = arms[name]
  if (!chosen) {
    const advice = `Name one with --arm: ${names.join(', ')}.`
    const what = arm === undefined ? 'The run has several arms, and none is named' : 'The run has no such arm'
    throw new MisstepError('usage', what, { value: arm, advice })
  }
  const file = join(folder, 'examples', `${name}.jsonl`)
  if (!existsSync(file)) {
    const advice = 'Let the run go on until its rows are rendered: misstep run <recipe>.'
    throw new MisstepError('data', `The run has no rows for ${name} yet`, { value: file, advice })
  }
  const examples = () => readJsonl(file, exampleSchema)
  return {
    environment,
    examples,
    async *conversations(promptOf) {
      const wanted = await countRows(examples())
      for (const source of chosen.data) {
        // As the pipeline has it: who plays golden trajectories is never corrected.
        const mask: MaskPolicy = source === 'reflected' ? chosen.mask : 'errors'
        for await (const trajectory of readJsonl(join(folder, 'trajectories', `${source}.jsonl`), trajectorySchema)) {
          const id = `${source}/${trajectory.id}`
          const times = wanted.get(id) ?? 0
          if (times === 0) continue
          wanted.delete(id)
          const prompt = await promptOf(trajectory)
          const conversation = { ...weightedConversation(trajectory, { mask, prompt }), id }
          for (let time = 0; time < times; time++) yield conversation
        }
      }
      if (wanted.size > 0) throw strangers(file, wanted)
    },
  }
}

function readRecipe(folder: string): z.output<typeof recipeSchema> {
  const manifest = readManifest(join(folder, 'manifest.json'))
  const result = recipeSchema.safeParse(manifest?.recipe)
  if (result.success) return result.data
  throw new MisstepError('data', 'The folder holds no run', {
    value: folder,
    advice: 'Give the folder of a run, such as runs/quickstart, or files of trajectories or examples.',
  })
}

/** How often each trajectory is among the rows. A row of one turn counts once for all turns of its round. */
async function countRows(examples: AsyncIterable<Example>): Promise<Map<string, number>> {
  const rounds = new Map<string, number>()
  for await (const example of examples) {
    const trajectory = trajectoryIdOf(example)
    const round = 1 + roundOf(example.id)
    rounds.set(trajectory, Math.max(round, rounds.get(trajectory) ?? 0))
  }
  return rounds
}

function strangers(file: string, wanted: ReadonlyMap<string, number>): MisstepError {
  const [first] = wanted.keys()
  return new MisstepError('data', `${wanted.size} rows of ${file} have no trajectory in the run`, {
    value: first,
    advice: 'The run folder was changed by hand. Give the files of trajectories in place of the run.',
  })
}
