/**
 * The stage in which the expert plays.
 * @module
 */
import { createExpertAgent } from '../../agents/index.ts'
import { hashValue } from '../../store/hash.ts'
import type { ResolvedRecipe } from '../recipe.ts'
import type { Stage } from '../stage.ts'
import { countTrajectories, partialOf, playTasks } from './play-tasks.ts'

/** `golden`: the tasks that the base agent learns from; `golden-explore`: those that it later explores. */
export function playGoldenStage(recipe: ResolvedRecipe, which: 'golden' | 'golden-explore', world: string): Stage {
  const { golden, tasks, seed } = recipe
  const set = which === 'golden' ? 'golden' : 'explore'
  const file = `trajectories/${which}.jsonl`
  return {
    name: `play-${which}`,
    reads: [],
    depends: { environment: world, settings: hashValue({ golden, tasks: tasks[set], seed }) },
    writes: [file],
    partial: [partialOf(file)],
    run: async context => {
      const trajectories = await playTasks(context, {
        title: which === 'golden' ? 'expert plays' : 'expert plays explore',
        file,
        tasks: context.tasks[set]!,
        agent: createExpertAgent({ sight: golden.expert }),
        by: 'expert',
        ...(golden.stepLimit !== undefined && { stepLimit: golden.stepLimit }),
      })
      return countTrajectories(trajectories)
    },
  }
}
