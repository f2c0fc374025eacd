import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GameLibrary, openGameLibrary } from './game-library.ts'
import { type ReplayReport, replayTranscripts } from './replay.ts'
import { readTranscripts, type Transcript } from './transcripts.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'alfworld')
const folder = mkdtempSync(join(tmpdir(), 'misstep-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (content: string | Uint8Array) => {
  const path = join(folder, 'transcripts')
  writeFileSync(path, content)
  return path
}

describe('readTranscripts', () => {
  it('reads trajectories written as one text, leaving out thoughts', async () => {
    const traj =
      'You are here.\nYour task is to: x.\n> Think: hm.\n> look\nYou see nothing.\n> ActionPath: Start\n> go on\nNothing happens.\n'
    const [transcript] = await readTranscripts(write(`${JSON.stringify({ name: 'a/b', result: true, traj })}\n`))
    expect(transcript).toEqual({
      name: 'a/b',
      game: 'a/b',
      profile: '2.1.1-react',
      opening: 'You are here.\nYour task is to: x.',
      steps: [
        { command: 'look', observation: 'You see nothing.' },
        { command: 'go on', observation: 'Nothing happens.' },
      ],
    })
  })

  it('reads conversations, packed or not', async () => {
    const said = ['Opening', 'look', 'You see.', 'go'].map((value, index) => ({
      from: index % 2 ? 'gpt' : 'human',
      value,
    }))
    const line = JSON.stringify({ id: 'train/a/b', conversations: said })
    const [transcript] = await readTranscripts(write(gzipSync(line)))
    expect(transcript).toMatchObject({ opening: 'Opening', steps: [{ command: 'look', observation: 'You see.' }] })
  })

  it('refuses what it does not know', async () => {
    await expect(readTranscripts(write('{"a": 1}'))).rejects.toThrow(/Record 1 .* no known format/)
    await expect(readTranscripts(write('a,b\n1,2'))).rejects.toThrow(/neither JSON nor JSONL/)
    await expect(readTranscripts(write(gzipSync('{}').subarray(0, 12)))).rejects.toThrow(/whole gzip/)
    await expect(readTranscripts(join(folder, 'none'))).rejects.toThrow(/cannot be read/)
  })
})

describe.skipIf(!existsSync(data))('replayTranscripts (needs shared data)', () => {
  // Vitest also runs the body of a suite that it skips, so nothing may fail here.
  let library: Promise<GameLibrary>
  beforeAll(() => {
    library = openGameLibrary(data)
  })
  const replay = async (transcripts: readonly Transcript[]) => {
    let report: ReplayReport | undefined
    for (report of replayTranscripts(transcripts, await library));
    return report!
  }

  it.each([
    ['engine.valid_seen.2.1.3.jsonl.gz', 280, 9212, 9492],
    ['engine.directed.2.1.3.jsonl.gz', 334, 19192, 19526],
    ['engine.train_sample.2.1.3.jsonl.gz', 240, 5676, 5916],
    ['gt_traj.train.2.1.1.jsonl.gz', 3554, 60628, 0],
    ['knowagent_D0.2.1.1.jsonl.gz', 510, 9000, 0],
    ['ww654_failures.2.1.1.json.gz', 28, 766, 0],
  ])('replays every byte of %s', { timeout: 300_000 }, async (name, episodes, steps, admissibleLists) => {
    const report = await replay(await readTranscripts(join(data, 'transcripts', name)))
    expect(report).toEqual({ episodes, total: episodes, steps, admissibleLists, differences: 0 })
  })

  it('finds a single byte that differs, and names the first', async () => {
    const [transcript] = await readTranscripts(join(data, 'transcripts', 'engine.valid_seen.2.1.3.jsonl.gz'))
    const changed = structuredClone(transcript!)
    changed.steps[1]!.observation += ' '
    changed.steps[2]!.admissible = [...(changed.steps[2]!.admissible as string[]), 'jump']
    const report = await replay([{ ...changed, game: 'train/none' }, changed])
    expect(report.differences).toBe(3)
    expect(report.first).toMatchObject({ what: 'game', expected: 'train/none' })
    const second = await replay([changed])
    expect(second.first).toMatchObject({ step: 2, what: 'observation', command: changed.steps[1]!.command })
  })
})
