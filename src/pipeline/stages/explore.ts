/**
 * The stage in which the base agent explores, and the teacher corrects its steps as they are made.
 * @module
 */
import { join } from 'node:path'
import { hashValue } from '../../store/hash.ts'
import { openStudent } from '../open-student.ts'
import { openEndpointAgent, openTeacher } from '../open-teacher.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import { exploringArm, reflectIdentity } from '../reflect-schema.ts'
import type { RunContext, Stage } from '../stage.ts'
import { countExploration, tellCost } from './count-exploration.ts'
import { partialOf, playTasks } from './play-tasks.ts'

export const REFLECTED_FILE = 'trajectories/reflected.jsonl'
export const REFLECTED_AGAIN_FILE = 'trajectories/reflected-again.jsonl'

/**
 * `reflected`: the agent of the recipe explores; `reflected-again`: the arm that was trained on what came of that.
 *
 * @param prompt the hash of what the teacher is asked, where it is a model
 */
export function exploreStage(
  recipe: ResolvedRecipe,
  data: 'reflected' | 'reflected-again',
  world: string,
  prompt?: string,
): Stage {
  const isAgain = data === 'reflected-again'
  const arm = isAgain ? recipe.reflect.again : exploringArm(recipe.reflect)
  const file = isAgain ? REFLECTED_AGAIN_FILE : REFLECTED_FILE
  return {
    name: isAgain ? 'explore-again' : 'explore',
    reads: arm === undefined ? [] : [`checkpoints/${arm}`],
    depends: { environment: world, settings: hashSettings(recipe, arm), ...(prompt !== undefined && { prompt }) },
    writes: [file],
    partial: [partialOf(file)],
    run: async context => {
      const { rounds, stepLimit, when, place, keep } = recipe.reflect
      const { teacher, close } = await openTeacher(context)
      try {
        const player = await openExplorer(context, arm)
        try {
          const trajectories = await playTasks(context, {
            title: `${arm ?? player.agent.name} explores`,
            file,
            tasks: context.tasks.explore!,
            agent: player.agent,
            teacher,
            when,
            place,
            rounds,
            ...(stepLimit !== undefined && { stepLimit }),
          })
          const counts = countExploration(trajectories, keep)
          tellCost(context.progress, counts)
          return counts
        } finally {
          await player.close()
        }
      } finally {
        await close()
      }
    },
  }
}

/** What was there before there was a choice keeps its hash: a run that was begun then can go on. */
function hashSettings(recipe: ResolvedRecipe, arm: string | undefined): string {
  const { seed, tasks, answerTokens, reflect, constrain } = recipe
  const { agent, ...others } = reflectIdentity(reflect) as ResolvedRecipe['reflect']
  const { teacher, temperature, rounds, stepLimit, when, place } = others
  return hashValue({
    name: arm ?? agent,
    temperature,
    rounds,
    stepLimit,
    teacher,
    answerTokens,
    seed,
    tasks: tasks.explore,
    ...(when !== 'after' && { when }),
    ...(place !== 'thought' && { place }),
    ...(constrain && { constrain }),
  })
}

function openExplorer(context: RunContext, arm: string | undefined) {
  const { agent, temperature } = context.recipe.reflect
  if (arm !== undefined) {
    return openStudent(context, { name: arm, folder: join(context.folder, 'checkpoints', arm), temperature })
  }
  if (typeof agent !== 'string') return openEndpointAgent(context, agent)
  throw new Error('Nobody explores')
}
