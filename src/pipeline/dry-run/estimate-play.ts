/**
 * What playing comes to: episodes, tokens and requests.
 * @module
 */
import type { ResolvedEndpoint } from '../../models/chat/endpoint.ts'
import type { Arm, ResolvedRecipe, TaskRange } from '../recipe.ts'
import { isReflected } from '../recipe.ts'
import { CHARACTERS_OF_TOKEN, type EpisodeSize, episodeSize, TEACHER_ANSWER } from './assumptions.ts'

/** What an endpoint is asked. */
export interface EndpointWork {
  role: 'teacher' | 'agent'
  model: string
  url: string
  requests: number
  tokensIn: number
  tokensOut: number
  /** In the currency of the endpoint's prices; absent without prices. */
  cost?: number
}

/** What a model in our hands reads and writes. Each token is read once: servers keep what they have read. */
export interface PlayWork {
  episodes: number
  steps: number
  tokens: number
}

const tokensOf = (characters: number) => Math.round(characters / CHARACTERS_OF_TOKEN)
const ofEpisodes = (size: EpisodeSize, episodes: number, each: number): PlayWork => {
  const steps = episodes * each
  return { episodes, steps, tokens: tokensOf(episodes * size.opening + steps * (size.written + size.observed)) }
}

/** The expert on golden tasks, or on those to explore. */
export function goldenWork(recipe: ResolvedRecipe, range: TaskRange): PlayWork {
  const size = episodeSize(recipe)
  return ofEpisodes(size, range.count, Math.min(size.goldenSteps, recipe.golden.stepLimit ?? size.goldenSteps))
}

/** The agent that explores. */
export function exploreWork(recipe: ResolvedRecipe): PlayWork {
  const size = episodeSize(recipe)
  const { rounds, stepLimit = size.studentSteps } = recipe.reflect
  return ofEpisodes(size, recipe.tasks.explore!.count * rounds, Math.min(size.studentSteps, stepLimit))
}

/** One arm, or what stands beside them, on all sets. */
export function evaluateWork(recipe: ResolvedRecipe, isExpert: boolean): PlayWork {
  const size = episodeSize(recipe)
  const { development, seen, unseen } = recipe.tasks
  const episodes = [development, seen, unseen].reduce((sum, range) => sum + (range?.count ?? 0), 0)
  const usual = isExpert ? size.goldenSteps : size.studentSteps
  return ofEpisodes(size, episodes, Math.min(usual, recipe.evaluate.stepLimit ?? usual))
}

/** The rows of an arm, if every trajectory is kept. */
export function rowsWork(recipe: ResolvedRecipe, arm: Arm): { rows: number; tokens: number } {
  const parts = arm.data.map(source => {
    if (isReflected(source)) return exploreWork(recipe)
    return goldenWork(recipe, source === 'golden' ? recipe.tasks.golden : recipe.tasks.explore!)
  })
  const sum = (key: keyof PlayWork) => parts.reduce((total, part) => total + part[key], 0)
  return { rows: sum('episodes'), tokens: sum('tokens') }
}

/**
 * The endpoints of an exploration: a teacher is asked once about each step and reads all that came before it again; so does
 * an agent. Nothing of it where both are ours.
 *
 * @param prompt the characters of what the teacher is asked with
 */
export function endpointWork(recipe: ResolvedRecipe, explores: boolean, prompt: number): EndpointWork[] {
  const { teacher, agent } = recipe.reflect
  const size = episodeSize(recipe)
  const { episodes, steps } = exploreWork(recipe)
  const history = (steps / episodes / 2) * (size.written + size.observed)
  const asked = (role: EndpointWork['role'], endpoint: ResolvedEndpoint, read: number, written: number) => {
    const { model, url, price } = endpoint
    const [tokensIn, tokensOut] = [steps * tokensOf(read), steps * written]
    const cost = price && (price.in * tokensIn + price.out * tokensOut) / 1e6
    return { role, model, url, requests: steps, tokensIn, tokensOut, ...(cost !== undefined && { cost }) }
  }
  return [
    ...(typeof agent !== 'string' && explores
      ? [asked('agent', agent.model, size.opening + history, tokensOf(size.written))]
      : []),
    ...(teacher !== 'oracle'
      ? [asked('teacher', teacher.model, prompt + size.opening + history, TEACHER_ANSWER.tokens)]
      : []),
  ]
}
