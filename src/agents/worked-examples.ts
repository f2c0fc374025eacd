/**
 * Examples that show a model how an environment is played, made by the environment's own expert: so they are always in
 * the very words, with the very actions, of this version of it.
 * @module
 */
import type { Environment, Task } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import type { Step } from '../core/trajectory.ts'
import type { Conversation } from '../render/react.ts'

/** An episode that was won. */
export type WorkedExample = Conversation

export interface WorkedExampleOptions {
  /** How many, of as many kinds of task as there are. Default 1. */
  count?: number
  /** Where they come from: never a split that figures are reported on. Default: `train`, or the first split. */
  split?: string
  /** Most tasks that are tried, evenly spread over the split. Default 12. */
  tries?: number
}

/** A shorter episode does not show how one goes on; a longer one fills the context of small models. */
const FEWEST_STEPS = 4
const MOST_STEPS = 15

/**
 * Lets the expert play tasks until it has won short episodes of enough kinds; where it wins too few, the shortest of
 * what it won are taken. The same environment gives the same examples.
 *
 * @throws {MisstepError} `environment` when it has no expert, or the expert wins none of the tasks
 * @example
 * const agent = createChatAgent({ model, prompt: promptFor(environment, true), explain: true, examples: await makeWorkedExamples(environment) })
 */
export async function makeWorkedExamples(
  environment: Environment,
  options: WorkedExampleOptions = {},
): Promise<WorkedExample[]> {
  const { splits, name } = environment
  const { count = 1, split = splits.includes('train') ? 'train' : splits[0]!, tries = 12 } = options
  if (count === 0) return []
  const tasks = await environment.tasks(split)
  const tried = Math.min(Math.max(tries, count), tasks.length)
  const short = new Map<string, WorkedExample>()
  const rest: WorkedExample[] = []
  for (let i = 0; i < tried && short.size < count; i++) {
    const task = tasks[Math.floor((i * tasks.length) / tried)]!
    const example = await playExpert(environment, task)
    if (!example) continue
    if (example.steps.length <= MOST_STEPS && !short.has(task.kind)) short.set(task.kind, example)
    else rest.push(example)
  }
  rest.sort((a, b) => a.steps.length - b.steps.length)
  const chosen = [...short.values(), ...rest].slice(0, count)
  if (chosen.length > 0) return chosen
  throw new MisstepError('environment', `The expert of ${name} won none of ${tried} tasks, so there is no example`, {
    value: { split },
    advice: 'Play without examples, or give your own.',
  })
}

async function playExpert(environment: Environment, task: Task): Promise<WorkedExample | undefined> {
  const episode = await environment.start(task)
  try {
    if (!episode.expert) {
      throw new MisstepError('environment', 'The environment has no expert to show an example', {
        value: environment.name,
        advice: 'Add expert() to its episodes, play without examples, or give your own.',
      })
    }
    const { instruction, observation: opening } = episode
    const steps: Step[] = []
    while (!episode.done && steps.length < environment.stepLimit) {
      const move = await episode.expert('seen')
      if (!move) return undefined
      const { observation, reward, done, accepted } = await episode.step(move.action)
      steps.push({ ...move, observation, reward, done, accepted, by: 'expert' })
    }
    return episode.won && steps.length >= FEWEST_STEPS ? { instruction, opening, steps } : undefined
  } finally {
    await episode.close()
  }
}
