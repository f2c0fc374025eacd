/**
 * A recipe whose teacher is a model: from the recipe to the report, stopped in any way, and nothing is paid for twice.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { exampleSchema } from '../src/core/example.ts'
import { type Trajectory, trajectorySchema, wasExecuted } from '../src/core/trajectory.ts'
import { runRecipe } from '../src/pipeline/run.ts'
import { lintExamples, loadChatFormat } from '../src/render/index.ts'
import { hashFile, listFiles } from '../src/store/hash.ts'
import { readJsonlFile } from '../src/store/jsonl.ts'
import { compiledSource } from './compiled-sources.ts'
import type { ChatCall, ChatServer } from './kit/chat-server.ts'
import { promptOf, startTeacherServer, wrong } from './teacher-server.ts'
import { makeTinyRun } from './tiny-run.ts'

// Seconds on a machine of one's own; a machine that others use may take far longer.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const KEY = 'sk-very-secret-0123456789'
let home: string
let server: ChatServer
/** What the server says; default: what a good teacher would. */
let answer: (call: ChatCall, good: string) => string = (_, good) => good

beforeAll(async () => {
  process.env.TEACHER_KEY = KEY
  ;({ folder: home } = await makeTinyRun())
  cpSync(fileURLToPath(new URL('../prompts/teacher.md', import.meta.url)), join(home, 'teacher.md'))
  server = await startTeacherServer((call, good) => answer(call, good))
  writeFileSync(
    join(home, 'run.js'),
    `import { runRecipe } from ${JSON.stringify(compiledSource('pipeline/run.ts'))}
    const [recipe, into] = process.argv.slice(2)
    await runRecipe(recipe, { into, threads: 1 })`,
  )
})

const folders: string[] = []
afterAll(async () => {
  delete process.env.TEACHER_KEY
  await server.close()
  for (const folder of [home, ...folders]) rmSync(folder, { recursive: true, force: true })
})

const newFolder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'misstep-runs-')))
  return folders.at(-1)!
}

/** A recipe with one arm that explores and one that learns from it. */
function writeRecipe(name: string, reflect: string, train = ''): string {
  const path = join(home, `${name}.yaml`)
  writeFileSync(
    path,
    `name: ${name}
environment: { name: ./light-switches.js }
student: ./student
episodesAtOnce: 4
answerTokens: 8
tasks:
  golden: { split: train, count: 4 }
  explore: { split: train, from: 8, count: 6 }
  seen: { split: seen, count: 2 }
reflect: ${reflect}
train: { steps: 3, batchTokens: 2048, learningRate: 0.01, saveEvery: 2 }
arms:
  base: { data: [golden] }
  step: { data: [golden, reflected] }${train}
evaluate: { stepLimit: 3, untrained: false, expert: none }
`,
  )
  return path
}

const endpoint = (more = '') =>
  `{ url: '${server.url}', model: wise, key: TEACHER_KEY, price: { in: 1, out: 2 }${more} }`
const teacher = (more = '') => `{ model: ${endpoint()}, prompt: ./teacher.md${more} }`
const readReflected = (folder: string): Promise<Trajectory[]> =>
  readJsonlFile(join(folder, 'trajectories/reflected.jsonl'), trajectorySchema)
const countsOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).stages.explore.counts

/** The hashes of a run's files; exchanges lie in the order in which they came. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const file of listFiles(folder)) {
    const isTimed = /^(log\.jsonl|report\..*|exchanges\/.*)$/.test(file)
    hashes[file] = isTimed ? 'there' : await hashFile(join(folder, file))
  }
  return hashes
}

describe('a recipe whose teacher is a model', () => {
  it('ends with masked rows and a report, and says what a kept trajectory cost', async () => {
    const calls = server.calls.length
    const folder = await runRecipe(writeRecipe('paid', `{ teacher: ${teacher()} }`), { into: newFolder(), threads: 1 })
    const trajectories = await readReflected(folder)
    const steps = trajectories.flatMap(trajectory => trajectory.steps)
    expect(trajectories.every(({ teacher, outcome }) => teacher === 'wise' && outcome === 'won')).toBe(true)
    expect(steps.filter(({ by }) => by === 'teacher').length).toBeGreaterThan(5)

    const counts = countsOf(folder)
    const spent = trajectories.map(({ provenance }) => provenance.teacher!)
    const cost = spent.reduce((sum, { tokensIn, tokensOut }) => sum + (tokensIn + 2 * tokensOut) / 1e6, 0)
    expect(counts).toMatchObject({ episodes: 6, won: 6, kept: 6, unjudged: 0, withheld: 0 })
    expect(counts.teacherRequests).toBe(server.calls.length - calls)
    expect(counts.cost).toBeCloseTo(cost, 10)
    expect(counts.costPerKept).toBeCloseTo(cost / 6, 10)

    const examples = await readJsonlFile(join(folder, 'examples/step.jsonl'), exampleSchema)
    const format = await loadChatFormat(join(home, 'student'))
    const sources = trajectories.map(trajectory => ({ ...trajectory, id: `reflected/${trajectory.id}` }))
    const prompt = 'You are in a room with a lamp. Your only action is: flip switch N'
    const reflected = examples.filter(({ id }) => id.startsWith('reflected/'))
    const findings = lintExamples(reflected, { format, trajectories: sources, mask: 'errors', prompt })
    // Two of these small tasks may be played alike.
    expect(findings.filter(({ rule }) => rule !== 'duplicate-row')).toEqual([])
    expect(reflected.length).toBeGreaterThan(3)
    expect(existsSync(join(folder, 'report.html'))).toBe(true)
    for (const file of listFiles(folder).filter(file => !file.includes('checkpoints/'))) {
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toContain(KEY)
    }
  })

  it('is killed again and again: it ends with the same files, and what was answered is not asked again', async () => {
    const recipe = writeRecipe('killed', `{ teacher: ${teacher()} }`)
    const run = (into: string) => {
      const child = spawn(process.execPath, [join(home, 'run.js'), recipe, into], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let errors = ''
      child.stderr.on('data', chunk => (errors += chunk))
      return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, errors })) }
    }
    const undisturbed = newFolder()
    expect((await run(undisturbed).ended).errors).toBe('')
    const all = server.calls.length

    const into = newFolder()
    let kills = 0
    for (let finished = false; !finished; ) {
      const before = server.calls.length
      const { child, ended } = run(into)
      // In the middle of the exploration: after some more answers.
      const timer = setInterval(() => {
        if (kills < 2 && server.calls.length >= before + 7) child.kill('SIGKILL')
      }, 1)
      const { signal, errors } = await ended
      clearInterval(timer)
      expect(errors).toBe('')
      if (signal) kills++
      else finished = true
    }
    expect(kills).toBe(2)
    expect(await filesOf(join(into, 'killed'))).toEqual(await filesOf(join(undisturbed, 'killed')))
    const asked = server.calls.slice(all).map(({ body }) => JSON.stringify(body))
    // At each kill, at most one request of each open episode was under way.
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(2 * 4)

    // The exchanges alone make the same run again, without the server.
    const again = newFolder()
    cpSync(join(into, 'killed', 'exchanges'), join(again, 'killed', 'exchanges'), { recursive: true })
    const count = server.calls.length
    await runRecipe(recipe, { into: again, threads: 1 })
    expect(server.calls).toHaveLength(count)
    expect(await filesOf(join(again, 'killed'))).toEqual(await filesOf(join(undisturbed, 'killed')))
  })

  it('repeats without the server and without the key what another run was answered', async () => {
    const recipe = writeRecipe('paid-once', `{ agent: { model: ${endpoint()} }, teacher: ${teacher()} }`)
    const first = await runRecipe(recipe, { into: newFolder(), threads: 1 })
    const count = server.calls.length
    delete process.env.TEACHER_KEY
    const into = newFolder()
    try {
      const again = await runRecipe(recipe, { into, replay: first, threads: 1 })
      expect(server.calls).toHaveLength(count)
      expect(existsSync(join(again, 'exchanges'))).toBe(false)
      expect(countsOf(again)).toEqual(countsOf(first))
      for (const file of [
        'trajectories/reflected.jsonl',
        'examples/step.jsonl',
        'checkpoints/step/model.safetensors',
      ]) {
        expect(await hashFile(join(again, file)), file).toBe(await hashFile(join(first, file)))
      }
      const other = runRecipe(recipe, { into, name: 'other', seed: 2, replay: first, threads: 1 })
      await expect(other).rejects.toMatchObject({ code: 'data', message: expect.stringContaining('holds no answer') })
    } finally {
      process.env.TEACHER_KEY = KEY
    }
    await expect(runRecipe(recipe, { into: join(first, '..'), replay: first })).rejects.toThrow(/cannot replay itself/)
    await expect(runRecipe(recipe, { into, replay: home })).rejects.toThrow(/no exchanges to replay/)
  })

  it('goes on where the server has another address and the budget was raised, but not with another model', async () => {
    const into = newFolder()
    const withModel = (model: string) => writeRecipe('moved', `{ teacher: { model: ${model}, prompt: ./teacher.md } }`)
    await expect(runRecipe(withModel(endpoint(', budget: { tokens: 3000 }')), { into, threads: 1 })).rejects.toThrow(
      /budget/i,
    )
    await runRecipe(withModel(endpoint(', budget: { tokens: 9000000 }, requestsAtOnce: 2')), { into, threads: 1 })
    await expect(runRecipe(withModel(endpoint().replace('wise', 'dull')), { into, threads: 1 })).rejects.toThrow(
      /reflect\.teacher\.model\.model was "wise" and is "dull"/,
    )
  })

  it('reflects before a step, in turns of their own, as the recipe says', async () => {
    const reflect = `{ teacher: ${teacher()}, when: before, place: turn }`
    const folder = await runRecipe(writeRecipe('before', reflect), { into: newFolder(), threads: 1 })
    const steps = (await readReflected(folder)).flatMap(trajectory => trajectory.steps)
    expect(steps.filter(wasExecuted).every(({ accepted }) => accepted)).toBe(true)
    expect(steps.filter(({ text }) => text?.startsWith('Reflection: ')).length).toBeGreaterThan(5)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    expect(report.arms.map(({ name }: { name: string }) => name)).toEqual(['base', 'step'])
  })

  it('may let a model behind an endpoint explore, too', async () => {
    const asked: string[] = []
    answer = (call, good) => {
      if (promptOf(call).startsWith('You watch')) return good
      asked.push(JSON.stringify(call.body.messages))
      return 'Thought: I try.\nAction: flip switch 2'
    }
    try {
      const agent = `{ model: ${endpoint()}, format: eto, examples: 1 }`
      const reflect = `{ agent: ${agent}, teacher: ${teacher()} }`
      const folder = await runRecipe(writeRecipe('played', reflect), { into: newFolder(), threads: 1 })
      const trajectories = await readReflected(folder)
      expect(trajectories.every(({ agent, provenance }) => agent === 'wise' && provenance.cost! > 0)).toBe(true)
      expect(trajectories.flatMap(({ steps }) => steps).some(({ action }) => action === 'flip switch 2')).toBe(true)
      expect(countsOf(folder).cost).toBeGreaterThan(0)
      // In ETO's words, and after an example of an episode that somebody has won.
      expect(asked.every(messages => /Action: flip switch/.test(messages) && /Observation: /.test(messages))).toBe(true)
    } finally {
      answer = (_, good) => good
    }
    const lost = writeRecipe(
      'lost',
      `{ agent: { model: ${endpoint()} } }`,
      '\n  late: { data: [golden], from: base-agent }',
    )
    await expect(runRecipe(lost, { into: newFolder() })).rejects.toThrow(/arms\.late\.from needs an arm that explores/)
  })

  it('may explore a second time, with the agent that was trained in between', async () => {
    const twice = '\n  twice: { data: [golden, reflected, reflected-again], mask: corrections-only }'
    const recipe = writeRecipe('again', `{ teacher: ${teacher()}, again: step }`, twice)
    const folder = await runRecipe(recipe, { into: newFolder(), threads: 1 })
    const path = join(folder, 'trajectories/reflected-again.jsonl')
    const again = await readJsonlFile(path, trajectorySchema)
    expect(again.map(({ id }) => id)).toEqual((await readReflected(folder)).map(({ id }) => id))
    expect(again.every(({ agent, teacher }) => agent === 'step' && teacher === 'wise')).toBe(true)
    const rows = await readJsonlFile(join(folder, 'examples/twice.jsonl'), exampleSchema)
    expect(new Set(rows.map(({ id }) => id.split('/')[0]))).toEqual(new Set(['golden', 'reflected', 'reflected-again']))
  })

  it('trains nothing that a teacher got wrong in a way that shows', async () => {
    answer = ({ index }) => (index % 2 === 0 ? wrong('flip switch 99') : 'Dunno.')
    try {
      const reflect = `{ teacher: ${teacher(', attempts: 1')}, keep: { reward: 0 }, stepLimit: 4 }`
      const path = writeRecipe('erring', reflect)
      await expect(runRecipe(path, { into: newFolder(), threads: 1 })).resolves.toBeTypeOf('string')
      const folder = join(folders.at(-1)!, 'erring')
      const steps = (await readReflected(folder)).flatMap(trajectory => trajectory.steps)
      expect(steps.every(({ by, verdict }) => by === 'student' && verdict?.ok === false)).toBe(true)
      expect(countsOf(folder)).toMatchObject({ corrections: 0, kept: 6 })
      const rows = await readJsonlFile(join(folder, 'examples/step.jsonl'), exampleSchema)
      expect(rows.filter(({ id }) => id.startsWith('reflected/'))).toEqual([])
    } finally {
      answer = (_, good) => good
    }
  })

  it('is refused before anything is run where its prompt cannot be used', async () => {
    writeFileSync(join(home, 'bad.md'), 'Judge {{step}} by {{task}}.')
    const path = writeRecipe('bad', `{ teacher: { model: ${endpoint()}, prompt: ./bad.md } }`)
    await expect(runRecipe(path, { into: newFolder() })).rejects.toThrow(
      /^.*bad\.yaml:\d+:\d+: The teacher's prompt .*bad\.md lacks a place that is needed: "\{\{history\}\}"/,
    )
  })
})
