/**
 * The last stage: the report.
 * @module
 */
import { join } from 'node:path'
import { trainEventSchema } from '../../core/engine.ts'
import { exampleSchema } from '../../core/example.ts'
import { trajectorySchema } from '../../core/trajectory.ts'
import { version } from '../../core/version.ts'
import { writeReport } from '../../evaluate/report.ts'
import type { ArmInput, ReportInput } from '../../evaluate/report-data.ts'
import { episodeScoreSchema } from '../../evaluate/scores.ts'
import { type SpentRow, spentIn } from '../../evaluate/spent.ts'
import { summariseTraining } from '../../evaluate/training-summary.ts'
import { hashValue } from '../../store/hash.ts'
import { readJsonl, readJsonlFile } from '../../store/jsonl.ts'
import { type Arm, isReflected, type ResolvedRecipe, recipeIdentity } from '../recipe.ts'
import { exploringArm } from '../reflect-schema.ts'
import { wallSeconds } from '../run-log.ts'
import type { RunContext, Stage } from '../stage.ts'
import { evaluationSets, FLOOR, scoreFile } from './evaluate-arm.ts'
import { REFLECTED_AGAIN_FILE, REFLECTED_FILE } from './explore.ts'
import { exampleFile } from './render-examples.ts'
import { findShowcase } from './showcase.ts'
import { trainLog } from './train-arm.ts'

export function reportStage(recipe: ResolvedRecipe, rows: readonly string[]): Stage {
  const arms = Object.keys(recipe.arms)
  const sets = evaluationSets(recipe)
  return {
    name: 'report',
    reads: [
      ...rows.flatMap(row => sets.map(set => scoreFile(row, set))),
      ...arms.flatMap(arm => [trainLog(arm), exampleFile(arm)]),
      ...Object.values(explorationFiles(recipe)),
    ],
    depends: { recipe: hashValue(recipeIdentity(recipe)) },
    writes: ['report.html', 'report.md', 'report.json'],
    timed: true,
    run: async context => {
      const inputs: ArmInput[] = []
      for (const row of rows) inputs.push(await armInput(context, row))
      const showcase = await findShowcase(context)
      const seconds = await wallSeconds(join(context.folder, 'log.jsonl'))
      const { environment } = context
      const spent = await spentByEndpoints(context)
      const input: ReportInput = {
        name: recipe.name,
        runs: [{ seed: recipe.seed, wallSeconds: seconds, folder: '.' }],
        versions: { misstep: version, node: process.version, [environment.name]: environment.version },
        arms: inputs,
        ...(spent.length > 0 && { spent }),
        sources: { wallSeconds: 'log.jsonl' },
        ...(showcase && { showcase }),
        ...(recipe.constrain && {
          notes: [
            'Students were held to the admissible actions, a list that the environment shows to nobody: compare these figures only with figures made so.',
          ],
        }),
        ...(recipe.evaluate.compare && {
          comparisons: recipe.evaluate.compare.map(([better, worse]) => ({ better, worse })),
        }),
      }
      writeReport(context.folder, input)
      // Nothing that takes another value when the work was interrupted.
      return {}
    },
  }
}

/** Models behind endpoints only ever explore, and teach those that do. */
async function spentByEndpoints({ folder, recipe }: RunContext): Promise<SpentRow[]> {
  const { agent, teacher } = recipe.reflect
  if (typeof agent === 'string' && typeof teacher === 'string') return []
  const rows: SpentRow[] = []
  for (const [stage, file] of Object.entries(explorationFiles(recipe))) {
    rows.push(...spentIn(stage, file, await readJsonlFile(join(folder, file), trajectorySchema)))
  }
  return rows
}

/** The trajectories of each exploration, by the name of its stage. */
function explorationFiles({ arms }: ResolvedRecipe): Record<string, string> {
  const used = new Set(Object.values(arms).flatMap(arm => arm.data))
  return {
    ...(used.has('reflected') || used.has('reflected-again') ? { explore: REFLECTED_FILE } : {}),
    ...(used.has('reflected-again') ? { 'explore-again': REFLECTED_AGAIN_FILE } : {}),
  }
}

async function armInput({ folder, recipe }: RunContext, row: string): Promise<ArmInput> {
  const scores: ArmInput['scores'] = []
  for (const set of evaluationSets(recipe)) {
    const file = scoreFile(row, set)
    scores.push({ split: set, file, scores: await readJsonlFile(join(folder, file), episodeScoreSchema) })
  }
  const arm = recipe.arms[row]
  if (!arm) {
    const about = row === FLOOR ? 'the student before any training' : `the expert that knows ${knows(recipe)}`
    return { name: row, role: row === FLOOR ? 'floor' : 'ceiling', about, scores }
  }
  let examples = 0
  let singleTurns = 0
  for await (const { trajectory } of readJsonl(join(folder, exampleFile(row)), exampleSchema)) {
    examples++
    if (trajectory !== undefined) singleTurns++
  }
  const events = await readJsonlFile(join(folder, trainLog(row)), trainEventSchema)
  const rows = { examples, ...(singleTurns > 0 && { singleTurns }) }
  const training = summariseTraining(events, { log: trainLog(row), examples: exampleFile(row) }, rows)
  return { name: row, role: 'arm', about: describeArm(arm, recipe), scores, training: [training] }
}

function knows(recipe: ResolvedRecipe): string {
  return recipe.evaluate.expert === 'everything' ? 'everything' : 'only what it has seen'
}

function describeArm(arm: Arm, recipe: ResolvedRecipe): string {
  const data = {
    golden: 'golden trajectories',
    'golden-explore': 'golden trajectories of the tasks to explore',
    reflected: 'self-reflected trajectories',
    'reflected-again': `self-reflected trajectories of ${recipe.reflect.again}`,
  }
  const masks = {
    errors: 'errors masked',
    none: 'nothing masked',
    'corrections-only': 'only the corrections trained',
  }
  const from = (arm.from ?? recipe.train.from) === 'base-agent' ? `, from ${exploringArm(recipe.reflect)}` : ''
  const mask = arm.data.some(isReflected) ? `, ${masks[arm.mask]}` : ''
  return `${arm.data.map(source => data[source]).join(' and ')}${mask}${from}`
}
