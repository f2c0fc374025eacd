/** Walks of the original ScienceWorld wrapper, recorded by scripts/sciworld-walks.py, and what of ours differs from them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Glimpse } from '../../src/environments/sciworld/run.ts'
import { roundHalfEven } from '../../src/environments/sciworld/scoring.ts'
import type { Simulators } from '../../src/environments/sciworld/simulators.ts'

/** How an action is named: by its number among those that were valid, by numbers of two that it is made from, or by itself. */
type Said = string | number | [number] | [number, number]
/** What was said, and the observation, score, end, moves, look, inventory and valid actions that came of it. */
type WalkStep = [Said, string, number, 0 | 1, number, string | 0, string | 0, string | 0]

export interface Walk {
  task: string
  variation: number
  simplifications: string
  /** Along the way of the simulator's own solver, or at random. */
  path: 'gold' | 'random'
  steps: WalkStep[]
}

const NAMES = ['observation', 'score', 'done', 'moves', 'look', 'inventory', 'valid actions'] as const

/** The version of the original, and all walks. */
export function readWalks(): { scienceworld: string; walks: Walk[] } {
  const file = new URL('../fixtures/sciworld-walks.jsonl.gz', import.meta.url)
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')
  const [head, ...walks] = lines.map(line => JSON.parse(line))
  return { ...head, walks }
}

/**
 * Takes a walk again, and compares every answer.
 *
 * @returns in words, the first thing that differs
 */
export async function findDifference(simulators: Simulators, walk: Walk): Promise<string | undefined> {
  const { task, variation, simplifications, path, steps } = walk
  const run = await simulators.start({ task, variation, simplifications, valid: true })
  const recorded: unknown[] = []
  try {
    for (const [number, [said, ...answers]] of steps.entries()) {
      const action = actionOf(said, run.glimpse.valid!)
      // A run has looked around by itself when it begins.
      const found = answersOf(number === 0 ? run.glimpse : await run.step(action))
      // 0 stands for a text that has not changed.
      for (const [index, answer] of answers.entries()) if (answer !== 0 || !isText(index)) recorded[index] = answer
      const differing = found.findIndex(([told], index) => told !== recorded[index])
      if (differing < 0) continue
      const place = `${task} ${variation} (${simplifications || 'no simplifications'}), ${path} path, step ${number}, "${action}"`
      const [told, text] = found[differing]!
      return `${place}: ${NAMES[differing]} recorded ${recorded[differing]}, now ${told}: ${JSON.stringify(text)}`
    }
    return undefined
  } finally {
    run.close()
  }
}

function actionOf(said: Said, valid: readonly string[]): string {
  if (typeof said === 'string') return said
  if (typeof said === 'number') return valid[said]!
  const [first, second] = said
  const words = valid[first]!.split(' ')
  if (second === undefined) return words.slice(0, -1).join(' ')
  return [words[0]!, ...valid[second]!.split(' ').slice(1)].join(' ')
}

const isText = (index: number) => index === 0 || index > 3

/** As the wrapper tells them, with an end after 100 moves: what is compared, and the whole. */
function answersOf({ observation, score, completed, moves, look, inventory, valid }: Glimpse): [unknown, unknown][] {
  const hundredths = roundHalfEven(100 * score) + 0
  const done = completed || moves > 100 || hundredths < 0
  const answers = [observation, hundredths, Number(done), moves, look, inventory, valid]
  return answers.map((answer, index) => [isText(index) ? digest(answer) : answer, answer])
}

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 6)
