/**
 * How good a teacher is: measured against the oracle on recorded steps, through the public functions and the command.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import lightSwitches from '../docs/examples/light-switches.ts'
import { createScriptedAgent } from '../src/agents/index.ts'
import { createProgram } from '../src/cli/program.ts'
import type { Agent } from '../src/core/agent.ts'
import { createRandom } from '../src/core/random.ts'
import type { Trajectory } from '../src/core/trajectory.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { reportTeacher } from '../src/evaluate/teacher-report.ts'
import { teacherTable } from '../src/evaluate/teacher-report-table.ts'
import { createEndpointModel } from '../src/models/chat/chat-model.ts'
import { type PlayOptions, play, playEpisode } from '../src/play/play.ts'
import { writeJsonl } from '../src/store/jsonl.ts'
import { type ChatTeacherOptions, createChatTeacher } from '../src/teachers/chat-teacher.ts'
import { createOracleTeacher } from '../src/teachers/oracle.ts'
import type { ChatCall, ChatServer, Reply } from './kit/chat-server.ts'
import { promptOf, readRecord, right, startTeacherServer, wrong } from './teacher-server.ts'
import { makeTinyRun } from './tiny-run.ts'

const clumsy: Agent = {
  name: 'clumsy',
  async act({ episode, seed, steps }) {
    const random = createRandom(seed, steps.length)
    const action = random.chance(0.2) ? 'pray for light' : random.pick(episode.admissible!())
    return { thought: 'Why not.', action }
  },
}

async function record(options: Partial<PlayOptions> = {}): Promise<Trajectory[]> {
  const tasks = (await lightSwitches.tasks('train')).slice(0, 12)
  const trajectories: Trajectory[] = []
  for await (const played of play({ environment: lightSwitches, tasks, agent: clumsy, ...options })) {
    trajectories.push(played)
  }
  return trajectories
}
const recorded = await record({ stepLimit: 10 })

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(reply?: (call: ChatCall, good: string) => Reply): Promise<ChatServer> {
  servers.push(await startTeacherServer(reply))
  return servers.at(-1)!
}

async function measure(
  reply?: (call: ChatCall, good: string) => Reply,
  options: Partial<ChatTeacherOptions> = {},
  trajectories: readonly Trajectory[] = recorded,
) {
  const { url } = await serve(reply)
  const model = await createEndpointModel({ url, model: 'wise', price: { in: 1, out: 1 } })
  const teacher = createChatTeacher({ model, rules: lightSwitches.prompt, ...options })
  return reportTeacher({ environment: lightSwitches, teacher, trajectories })
}

const estimates = ({ measures }: Awaited<ReturnType<typeof measure>>) =>
  Object.fromEntries(Object.entries(measures).map(([name, interval]) => [name, interval?.estimate ?? null]))

describe('a teacher report', () => {
  it('finds the oracle, and a model that judges as well, without fault', async () => {
    const teacher = createOracleTeacher()
    const perfect = { precision: 1, recall: 1, unjudged: 0, accepted: 1, corrected: 1, helpful: 1 }
    const oracle = await reportTeacher({ environment: lightSwitches, teacher, trajectories: recorded })
    expect(estimates(oracle)).toMatchObject({ ...perfect, costPerStep: null })
    expect(oracle.counts.errors).toBeGreaterThan(20)
    const good = await measure()
    expect(estimates(good)).toMatchObject(perfect)
    expect(good.counts).toMatchObject({ steps: oracle.counts.steps, errors: oracle.counts.errors })
    expect(good.counts.cost).toBeCloseTo((good.counts.tokensIn + good.counts.tokensOut) / 1e6, 10)
  })

  it('finds one that calls everything wrong without precision, and one that calls all right without recall', async () => {
    const harsh = await measure(() => wrong('flip switch 2'))
    const { errors, steps } = harsh.counts
    expect(harsh.measures.recall).toEqual({ estimate: 1, low: 1, high: 1 })
    expect(harsh.measures.precision!.estimate).toBeCloseTo(errors / steps, 12)
    expect(harsh.measures.precision!.low).toBeLessThan(errors / steps)
    expect(harsh.measures.precision!.high).toBeGreaterThan(errors / steps)
    expect(harsh.measures.helpful!.estimate).toBeLessThan(1)
    const blind = await measure(() => right)
    expect(blind.measures.precision).toBeNull()
    expect(blind.measures.recall!.estimate).toBe(0)
    // A rejected step cannot be right, so these it could not judge.
    const rejected = recorded.flatMap(trajectory => trajectory.steps).filter(({ accepted }) => !accepted)
    expect(blind.counts.unjudged).toBe(rejected.length)
  })

  it('counts each correction that the environment rejected, and the attempts that led to a better one', async () => {
    const report = await measure(({ body }, good) =>
      good === right || body.messages.length > 1 ? good : wrong('flip switch 99'),
    )
    const { proposed, accepted, called } = report.counts
    expect(accepted).toBe(called)
    expect(proposed).toBe(2 * called)
    expect(estimates(report)).toMatchObject({ accepted: 0.5, corrected: 1, recall: 1 })
  })

  it('knows what helps: a correction that the oracle finds right', async () => {
    // It finds the errors, and then does something that changes nothing for the better.
    const report = await measure((call, good) => {
      const { step } = readRecord(promptOf(call))
      const on = /On: (\d+)/.exec(step)?.[1]
      return good === right || !on ? good : wrong(`flip switch ${Number(on) === 1 ? 2 : 1}`)
    })
    expect(report.measures.recall!.estimate).toBe(1)
    expect(report.measures.accepted!.estimate).toBe(1)
    expect(report.measures.helpful!.estimate).toBeLessThan(0.9)
  })

  it('judges only steps of the student, and leaves out what does not go as recorded', async () => {
    const corrected = await record({ teacher: createOracleTeacher(), place: 'turn' })
    const students = corrected.flatMap(({ steps }) => steps).filter(({ by }) => by === 'student')
    const report = await measure(undefined, {}, corrected)
    expect(report.counts).toMatchObject({ steps: students.length, strayed: 0 })
    expect(estimates(report)).toMatchObject({ precision: 1, recall: 1 })

    const [first, ...others] = recorded
    const changed = { ...first!, steps: first!.steps.map(step => ({ ...step, observation: 'Something else.' })) }
    const strayed = await measure(undefined, {}, [changed, ...others])
    const kept = others.reduce((sum, { steps }) => sum + steps.length, 0)
    expect(strayed).toMatchObject({ strayed: 1, counts: { steps: kept } })
    expect(teacherTable(strayed)).toContain('1 episode did not go as recorded')
    await expect(measure(undefined, {}, [changed])).rejects.toThrow('There is no step of a student to judge')
  })

  it('does not depend on the order or the company of the episodes', async () => {
    const teacher = createOracleTeacher()
    const report = (episodesAtOnce: number, trajectories: Trajectory[]) =>
      reportTeacher({ environment: lightSwitches, teacher, trajectories, episodesAtOnce })
    expect(await report(1, [...recorded].reverse())).toEqual(await report(12, recorded))
  })
})

describe('misstep teacher-report', async () => {
  const { folder } = await makeTinyRun()
  const file = join(folder, 'recorded.jsonl')
  writeJsonl(file, recorded)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** What the command prints. */
  async function run(...args: string[]): Promise<string> {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const noise = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    try {
      await createProgram().parseAsync(['node', 'misstep', 'teacher-report', ...args])
      return log.mock.calls.map(([line]) => String(line)).join('\n')
    } finally {
      log.mockRestore()
      noise.mockRestore()
    }
  }
  const world = ['--environment', join(folder, 'light-switches.js')]

  it('prints a table with intervals, tokens and cost; what is recorded is not asked for again', async () => {
    const { url, calls } = await serve()
    const record = join(mkdtempSync(join(tmpdir(), 'misstep-')), 'answers.jsonl')
    const args = [file, '--teacher', url, '--model', 'wise', '--price', '0.5,1.5', ...world]
    const printed = await run(...args, '--record', record)
    expect(printed).toMatch(/^wise against the oracle of light-switches: \d+ steps of 12 episodes, \d+ of them wrong\n/)
    expect(printed).toMatch(/recall: wrong, and called wrong +100\.0% {2}\(100% to 100%\) +(\d+) of \1/)
    expect(printed).toMatch(/tokens a step +\d+ {2}\(\d+ to \d+\)/)
    expect(printed).toMatch(/cost a step +0\.000\d+ {2}\(/)
    const asked = calls.length
    expect(await run(...args, '--replay', record)).toBe(printed)
    expect(calls).toHaveLength(asked)
  })

  it('takes teacher and environment from a recipe, and prints JSON', async () => {
    const { url } = await serve()
    const recipe = join(folder, 'teach.yaml')
    writeFileSync(
      recipe,
      `name: teach
environment: { name: ./light-switches.js }
student: ./student
tasks: { golden: { split: train, count: 4 }, seen: { split: seen, count: 2 } }
reflect: { teacher: { model: { url: '${url}', model: wise } } }
train: { steps: 1 }
arms: { base: { data: [golden] } }
`,
    )
    const report = JSON.parse(await run(file, '--recipe', recipe, '--json', '--limit', '5'))
    expect(report).toMatchObject({ teacher: 'wise', environment: 'light-switches', episodes: 5, strayed: 0 })
    expect(report.measures.recall).toEqual({ estimate: 1, low: 1, high: 1 })
  })

  it('takes the teacher from a file that describes an endpoint, and prints no interval for a single episode', async () => {
    const { url, calls } = await serve()
    const described = join(folder, 'endpoint.yaml')
    writeFileSync(described, `url: ${url}\nmodel: wise\nprice: { in: 1, out: 1 }\n`)
    const printed = await run(file, '--teacher', described, ...world, '--limit', '1')
    expect(printed).toMatch(/^wise against the oracle/)
    expect(printed).toMatch(/could not be judged +0\.0% {2}– +0 of \d+/)
    expect(printed).toMatch(/cost a step +0\.0\d+ {2}– /)
    expect(calls[0]!.body.model).toBe('wise')
  })

  it('tells the teacher the commands, also of an environment that leaves them to training', async () => {
    const environment = createHouseholds()
    const [task] = await environment.tasks('train')
    const agent = createScriptedAgent({ script: ['fly to the moon'] })
    const played = join(folder, 'households.jsonl')
    writeJsonl(played, [await playEpisode(task!, { environment, tasks: [], agent, stepLimit: 1 })])
    const { url, calls } = await serve()
    await run(played, '--teacher', url, '--model', 'wise', '--attempts', '1')
    expect(JSON.stringify(calls[0]!.body.messages)).toContain('go to')
  })

  it('takes a checkpoint for a teacher, which is run here', async () => {
    const printed = await run(file, '--teacher', join(folder, 'student'), '--attempts', '1', ...world, '--limit', '2')
    // It has never learnt to judge: none of its answers is a verdict, and that is what is told.
    expect(printed).toMatch(/^student against the oracle of light-switches: \d+ steps of 2 episodes/)
    expect(printed).toMatch(/could not be judged +100\.0% {2}/)
    expect(printed).toMatch(/tokens a step +[1-9]/)
  })

  it('says what is missing', async () => {
    await expect(run(file, '--teacher', 'ep.yaml')).rejects.toThrow(/There is no such model: "ep\.yaml"/)
    await expect(run(file, '--teacher', 'http://127.0.0.1:1/v1')).rejects.toThrow(/cannot be reached.*ECONNREFUSED/)

    await expect(run(file)).rejects.toThrow('No teacher is named')
    await expect(run(file, '--teacher', 'http://127.0.0.1:1/v1', '--model', 'm')).rejects.toThrow(
      /does not come with the package: "light-switches"/,
    )
  })
})
