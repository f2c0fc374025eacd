/**
 * The stage in which the base agent explores, and the teacher corrects its steps as they are made.
 * @module
 */
import { join } from 'node:path'
import { hashValue } from '../../store/hash.ts'
import { createOracleTeacher } from '../../teachers/oracle.ts'
import { openStudent } from '../open-student.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import type { Stage } from '../stage.ts'
import { countTrajectories, partialOf, playTasks } from './play-tasks.ts'

export const REFLECTED_FILE = 'trajectories/reflected.jsonl'

export function exploreStage(recipe: ResolvedRecipe, world: string): Stage {
  const { agent: name, temperature, rounds, stepLimit, teacher } = recipe.reflect
  const { seed, tasks, answerTokens } = recipe
  const settings = hashValue({
    name,
    temperature,
    rounds,
    stepLimit,
    teacher,
    answerTokens,
    seed,
    tasks: tasks.explore,
  })
  return {
    name: 'explore',
    reads: [`checkpoints/${name}`],
    depends: { environment: world, settings },
    writes: [REFLECTED_FILE],
    partial: [partialOf(REFLECTED_FILE)],
    run: async context => {
      const folder = join(context.folder, 'checkpoints', name)
      const student = await openStudent(context, { name, folder, temperature })
      try {
        const trajectories = await playTasks(context, {
          title: `${name} explores`,
          file: REFLECTED_FILE,
          tasks: context.tasks.explore!,
          agent: student.agent,
          teacher: createOracleTeacher(),
          rounds,
          ...(stepLimit !== undefined && { stepLimit }),
        })
        const steps = trajectories.flatMap(trajectory => trajectory.steps)
        return {
          ...countTrajectories(trajectories),
          errors: steps.filter(step => step.verdict?.ok === false).length,
          corrections: steps.filter(step => step.by === 'teacher').length,
        }
      } finally {
        await student.close()
      }
    },
  }
}
