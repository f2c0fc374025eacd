/**
 * Reads packs that keep the whole problem text of each game, `games-<split>.full.jsonl.gz`.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { TASK_KINDS } from './game.ts'
import type { GameEntry, PackedGames } from './game-entry.ts'
import { gunzipLines, parseLine } from './packed-lines.ts'
import { readProblem } from './problem.ts'

const lineSchema = z.object({ id: z.string(), task_type: z.enum(TASK_KINDS), task: z.string(), problem: z.string() })

/**
 * Reads a full pack: one JSON object a line with `id`, `task_type`, `task` and `problem` first among its fields.
 *
 * @throws {MisstepError} when the data are no such pack
 * @example
 * readFullPack(await readFile('games-valid_seen.full.jsonl.gz'), 'seen').entries.length // 140
 */
export function readFullPack(data: Uint8Array, split: string, name = 'the pack'): PackedGames {
  const lines = gunzipLines(data, name)
  const byId = new Map<string, number>()
  const entries = lines.spans.map((_, index): GameEntry => {
    const start = lines.text(index, 400)
    const id = /^\{"id": ?"([^"]+)"/.exec(start)?.[1]
    const kind = TASK_KINDS.find(candidate => candidate === /"task_type": ?"([^"]+)"/.exec(start)?.[1])
    if (!id || !kind) throw new MisstepError('data', `Line ${index + 1} of ${name} is no game`, { value: start })
    byId.set(id, index)
    return { id, split, kind }
  })
  return {
    entries,
    has: id => byId.has(id),
    read(id) {
      const index = byId.get(id)
      if (index === undefined) return undefined
      const { task, problem } = parseLine(lineSchema, lines.text(index), index, name)
      return { id, sentence: task, ...readProblem(problem) }
    },
  }
}
