/**
 * A run may be stopped in any way at any moment: the same command goes on, and ends with the same files.
 * `MISSTEP_TEST_KILLS` sets how often it is killed (default 20).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../src/core/random.ts'
import { runRecipe } from '../src/pipeline/run.ts'
import { hashFile, listFiles } from '../src/store/hash.ts'
import { compiledSource } from './compiled-sources.ts'
import { makeTinyRun } from './tiny-run.ts'

// Seconds on a machine of one's own; a machine that others use may take far longer.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const kills = Number(process.env.MISSTEP_TEST_KILLS ?? 20)

let home: string
let recipe: string
/** A run that nothing disturbed, its files, and the seconds that it took. */
let undisturbed: string
let expected: Record<string, string>
let seconds: number

beforeAll(async () => {
  ;({ folder: home, recipe } = await makeTinyRun())
  writeFileSync(
    join(home, 'run.js'),
    `import { runRecipe } from ${JSON.stringify(compiledSource('pipeline/run.ts'))}
    const stop = new AbortController()
    process.on('SIGINT', () => stop.abort())
    const [recipe, into] = process.argv.slice(2)
    try {
      await runRecipe(recipe, { into, threads: 1, signal: stop.signal })
    } catch (error) {
      console.error(error.message)
      process.exitCode = error.code === 'interrupted' ? 130 : 1
    }`,
  )
  const begun = performance.now()
  undisturbed = await finishInChild(newFolder())
  seconds = (performance.now() - begun) / 1000
  expected = await filesOf(undisturbed)
})

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'misstep-runs-'))
  folders.push(folder)
  return folder
}
const runIn = (into: string) => runRecipe(recipe, { into, threads: 1 })

/** A copy of the undisturbed run, to be spoilt; its folder of runs, and its own. */
function copyOfRun(): { into: string; folder: string } {
  const into = newFolder()
  const folder = join(into, 'test-recipe')
  cpSync(undisturbed, folder, { recursive: true })
  return { into, folder }
}

/** The same command in a process of its own. */
function startChild(into: string) {
  const child = spawn(process.execPath, [join(home, 'run.js'), recipe, into], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', chunk => (errors += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, errors }))
  return { child, ended }
}

async function finishInChild(into: string): Promise<string> {
  const { code, errors } = await startChild(into).ended
  expect(code, errors).toBe(0)
  return join(into, 'test-recipe')
}

/** The hashes of a run's files, without those parts of them that hold times. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const file of listFiles(folder)) {
    if (file === 'log.jsonl' || file === 'report.html' || file === 'report.md') hashes[file] = 'there'
    else hashes[file] = await hashFile(join(folder, file))
  }
  hashes['report.json'] = readFileSync(join(folder, 'report.json'), 'utf8').replaceAll(/"wallSeconds": [\d.]+/g, '')
  return hashes
}

afterAll(() => {
  for (const folder of [home, ...folders]) rmSync(folder, { recursive: true, force: true })
})

describe('a run', () => {
  it('leaves just the files that it promises', () => {
    const rows = ['untrained', 'base', 'golden', 'step', 'step-unmasked', 'expert']
    const arms = ['base', 'golden', 'step', 'step-unmasked']
    const sets = ['seen', 'unseen']
    const perSet = (kind: string) => rows.flatMap(row => sets.map(set => `${kind}${row}.${set}.jsonl`))
    const own = ['log.jsonl', 'manifest.json', 'recipe.yaml', 'report.html', 'report.json', 'report.md']
    const files = Object.keys(expected).filter(file => !/^checkpoints\/[^/]+\/./.test(file))
    expect(files.sort()).toEqual(
      [
        ...own,
        ...arms.flatMap(arm => [`checkpoints/${arm}.log.jsonl`, `examples/${arm}.jsonl`]),
        ...['golden', 'golden-explore', 'reflected'].map(name => `trajectories/${name}.jsonl`),
        ...perSet('scores/'),
        ...perSet('trajectories/evaluate-'),
      ].sort(),
    )
  })

  it(`ends with the same files when it is killed ${kills} times at random moments`, async () => {
    const random = createRandom('kills')
    let done = 0
    while (done < kills) {
      const into = newFolder()
      for (let finished = false; !finished; ) {
        const { child, ended } = startChild(into)
        const timer = done < kills ? setTimeout(() => child.kill('SIGKILL'), random.next() * seconds * 400) : undefined
        const { signal, errors } = await ended
        clearTimeout(timer)
        expect(errors).toBe('')
        if (signal) done++
        else finished = true
      }
      expect(await filesOf(join(into, 'test-recipe'))).toEqual(expected)
    }
  })

  it('stops cleanly on Ctrl-C, says how to go on, and goes on', async () => {
    const into = newFolder()
    const { child, ended } = startChild(into)
    const log = join(into, 'test-recipe', 'log.jsonl')
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"stage":"explore"')) await pause(10)
    child.kill('SIGINT')
    const { code, errors } = await ended
    expect(code).toBe(130)
    expect(errors).toMatch(/^Stopped\n {2}Everything so far is saved: run the same command to go on\./)
    expect(readdirSync(join(into, 'test-recipe'))).not.toContain('lock')
    expect(await filesOf(await runIn(into))).toEqual(expected)
  })

  it('that is complete is checked and left alone', async () => {
    const { into, folder } = copyOfRun()
    const report = readFileSync(join(folder, 'report.json'), 'utf8')
    await runIn(into)
    expect(await filesOf(folder)).toEqual(expected)
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(report)
  })
})

describe('a run folder', () => {
  it('is one process’s at a time', async () => {
    const { into } = copyOfRun()
    const first = runIn(into)
    await expect(runIn(into)).rejects.toThrow('Another process works in this folder')
    await first
  })

  it('of another recipe is refused: the keys that changed are named, and --fresh moves it aside', async () => {
    const { into, folder } = copyOfRun()
    const other = join(home, 'other.yaml')
    const text = readFileSync(recipe, 'utf8')
    writeFileSync(other, text.replace('steps: 12', 'steps: 2').replace('arms:', 'arms:\n  more: { data: [golden] }'))
    const run = (fresh: boolean) => runRecipe(other, { into, threads: 1, fresh })
    await expect(run(false)).rejects.toThrow(/train\.steps was 12 and is 2\n {2}arms\.more was absent and is \{"data"/)
    expect(await filesOf(folder)).toEqual(expected)
    await run(true)
    expect(await filesOf(`${folder}.old-1`)).toEqual(expected)
  })

  it('goes on from a torn last line', async () => {
    const { into, folder } = copyOfRun()
    const golden = join(folder, 'trajectories', 'golden.jsonl')
    const lines = readFileSync(golden, 'utf8').split('\n')
    // As a process leaves it that is killed while it plays.
    reopen(folder, 'play-golden')
    rmSync(golden)
    writeFileSync(golden.replace('.jsonl', '.partial.jsonl'), `${lines[3]}\n${lines[0]}\n${lines[5]!.slice(0, 100)}`)
    appendFileSync(join(folder, 'log.jsonl'), '{"time":"2026-')
    await runIn(into)
    expect(await filesOf(folder)).toEqual(expected)
  })

  it('with a damaged checkpoint is refused, and nothing in it is changed; deleted, it is made again', async () => {
    const { into, folder } = copyOfRun()
    const weights = join(folder, 'checkpoints', 'step', 'model.safetensors')
    truncateSync(weights, 1000)
    const before = await filesOf(folder)
    await expect(runIn(into)).rejects.toThrow(/not what the run wrote there.*step\/model\.safetensors.*\n.*delete it/)
    expect(await filesOf(folder)).toEqual(before)
    rmSync(weights)
    await runIn(into)
    expect(await filesOf(folder)).toEqual(expected)
  })

  it('with a damaged manifest is refused, and nothing in it is changed', async () => {
    const { into, folder } = copyOfRun()
    truncateSync(join(folder, 'manifest.json'), 500)
    const before = await filesOf(folder)
    await expect(runIn(into)).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('is damaged') })
    expect(await filesOf(folder)).toEqual(before)
  })

  it('made with another student is refused', async () => {
    const { into, folder } = copyOfRun()
    const card = join(home, 'student', 'README.md')
    writeFileSync(card, 'changed')
    await expect(runIn(into)).rejects.toThrow(/was made from another student than there is now/)
    rmSync(card)
    expect(await filesOf(folder)).toEqual(expected)
  })

  it.skipIf(process.platform === 'win32')('that cannot be written to says so, and is left as it is', async () => {
    const { into, folder } = copyOfRun()
    // All code is loaded by then, for the other user may not be allowed to read it.
    await runIn(into)
    for (const path of [home, into]) chmodSync(path, 0o755)
    await asOrdinaryUser(folder, async () => {
      await expect(runIn(into)).rejects.toThrow(/\(EACCES\).*\n.*Change the permissions, or choose another folder/)
    })
    await runIn(into)
    expect(await filesOf(folder)).toEqual(expected)
  })

  it.skipIf(!existsSync('/dev/full'))('on a full disk says so, and goes on when there is room', async () => {
    const { into, folder } = copyOfRun()
    reopen(folder, 'evaluate-expert')
    // What is written there meets a full disk.
    symlinkSync('/dev/full', join(folder, 'scores', 'expert.seen.jsonl.tmp'))
    await expect(runIn(into)).rejects.toThrow(/\(ENOSPC\).*expert\.seen\.jsonl.*\n.*disk is full/)
    await runIn(into)
    expect(await filesOf(folder)).toEqual(expected)
  })
})

/** As if the process had been killed in a stage: it is begun, but not complete. */
function reopen(folder: string, stage: string): void {
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  Object.assign(manifest.stages[stage], { state: 'started', outputs: {}, counts: {} })
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Takes the right to write into a folder away; from root too, by becoming another user for a while. */
async function asOrdinaryUser(folder: string, work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid!() === 0
  chmodSync(folder, 0o555)
  if (isRoot) process.seteuid!(65534)
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid!(0)
    chmodSync(folder, 0o755)
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
