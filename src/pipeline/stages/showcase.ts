/**
 * Finds the trajectory that a report shows.
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exampleSchema } from '../../core/example.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import type { Showcase } from '../../evaluate/report-data.ts'
import { loadChatFormat, showTokens } from '../../render/index.ts'
import { readJsonl } from '../../store/jsonl.ts'
import type { RunContext } from '../stage.ts'
import { REFLECTED_FILE } from './explore.ts'
import { exampleFile } from './render-examples.ts'

/**
 * A self-reflected trajectory with few errors that was trained on, in an arm that masks them; `undefined` where there is
 * none.
 */
export async function findShowcase(context: RunContext): Promise<Showcase | undefined> {
  const { folder, recipe } = context
  const arms = Object.entries(recipe.arms).filter(([, arm]) => arm.data.includes('reflected'))
  const [name] = arms.find(([, arm]) => arm.mask === 'errors') ?? arms[0] ?? []
  if (name === undefined || !existsSync(join(folder, REFLECTED_FILE))) return undefined
  const file = exampleFile(name)
  const rows = new Set<string>()
  for await (const { id } of readJsonl(join(folder, file), exampleSchema)) rows.add(id)
  let best: Trajectory | undefined
  for await (const trajectory of readJsonl(join(folder, REFLECTED_FILE), trajectorySchema)) {
    if (!rows.has(`reflected/${trajectory.id}`) || corrections(trajectory) === 0) continue
    if (!best || unclearness(trajectory) < unclearness(best)) best = trajectory
  }
  if (!best) return undefined
  const format = await loadChatFormat(context.student.folder)
  for await (const example of readJsonl(join(folder, file), exampleSchema)) {
    if (example.id !== `reflected/${best.id}`) continue
    const pieces = showTokens(example, format).map(token => token.text)
    return { trajectory: best, file: REFLECTED_FILE, tokens: { example, pieces, file } }
  }
  return undefined
}

function corrections({ steps }: Trajectory): number {
  return steps.filter(step => step.by === 'teacher').length
}

/** One or two corrections in a dozen steps show the idea best. */
function unclearness(trajectory: Trajectory): number {
  return 4 * Math.abs(corrections(trajectory) - 2) + Math.abs(trajectory.steps.length - 12)
}
