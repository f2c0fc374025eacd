/**
 * The stage in which one arm, or what stands beside the arms, is evaluated.
 * @module
 */
import { join } from 'node:path'
import { createExpertAgent } from '../../agents/index.ts'
import { scoreTrajectory } from '../../evaluate/scores.ts'
import { hashValue } from '../../store/hash.ts'
import { writeJsonl } from '../../store/jsonl.ts'
import { createOracleTeacher } from '../../teachers/oracle.ts'
import { openStudent, type Player } from '../open-student.ts'
import { EVALUATION_SETS, type EvaluationSet, type ResolvedRecipe } from '../recipe.ts'
import type { RunContext, Stage } from '../stage.ts'
import { countTrajectories, partialOf, playTasks } from './play-tasks.ts'

/** The rows of the report beside the arms, and what they are. */
export const FLOOR = 'untrained'
export const CEILING = 'expert'

export function scoreFile(row: string, set: EvaluationSet): string {
  return `scores/${row}.${set}.jsonl`
}

/** The sets that a recipe has tasks for, in the order of the report. */
export function evaluationSets(recipe: ResolvedRecipe): EvaluationSet[] {
  return EVALUATION_SETS.filter(set => recipe.tasks[set])
}

/** `row` is an arm, `untrained` or `expert`. Everyone plays the same tasks with the same seeds; no teacher steps in. */
export function evaluateArmStage(recipe: ResolvedRecipe, row: string, world: string, student: string): Stage {
  const { tasks, evaluate, answerTokens, seed, constrain } = recipe
  // Who was taught to reflect in a turn of its own may do so.
  const place = recipe.reflect.place === 'turn' ? recipe.reflect.place : undefined
  const sets = evaluationSets(recipe)
  const files = sets.map(set => `trajectories/evaluate-${row}.${set}.jsonl`)
  const checkpoint = recipe.arms[row] ? `checkpoints/${row}` : undefined
  return {
    name: `evaluate-${row}`,
    reads: checkpoint ? [checkpoint] : [],
    depends: {
      environment: world,
      settings: hashValue({
        evaluate,
        answerTokens,
        tasks: sets.map(set => tasks[set]),
        seed,
        place,
        ...(constrain && { constrain }),
      }),
      ...(row === FLOOR && { student }),
    },
    writes: [...files, ...sets.map(set => scoreFile(row, set))],
    partial: files.map(partialOf),
    run: async context => {
      const { agent, close } = await openPlayer(context, row, checkpoint)
      const counts: Record<string, number> = {}
      try {
        for (const [index, set] of sets.entries()) {
          const trajectories = await playTasks(context, {
            title: `${row} on ${set}`,
            file: files[index]!,
            tasks: context.tasks[set]!,
            agent,
            by: row === CEILING ? 'expert' : 'student',
            ...(evaluate.judge === 'oracle' && { teacher: createOracleTeacher(), corrects: false }),
            ...(place && { place }),
            ...(evaluate.stepLimit !== undefined && { stepLimit: evaluate.stepLimit }),
          })
          writeJsonl(join(context.folder, scoreFile(row, set)), trajectories.map(scoreTrajectory))
          const { episodes, won } = countTrajectories(trajectories)
          Object.assign(counts, { [`${set}Episodes`]: episodes, [`${set}Won`]: won })
        }
      } finally {
        await close()
      }
      return counts
    },
  }
}

async function openPlayer(context: RunContext, row: string, checkpoint: string | undefined): Promise<Player> {
  const { evaluate } = context.recipe
  if (row === CEILING && evaluate.expert !== 'none') {
    return { agent: createExpertAgent({ sight: evaluate.expert }), close: async () => {} }
  }
  const folder = checkpoint ? join(context.folder, checkpoint) : context.student.folder
  return openStudent(context, { name: row, folder, temperature: evaluate.temperature })
}
