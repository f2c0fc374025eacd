import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../../test/kit/sciworld.ts'
import { createRandom } from '../../core/random.ts'
import { findJava } from './find-java.ts'
import type { Run, Setup } from './run.ts'
import { createSimulators, type Simulators } from './simulators.ts'

const setup: Setup = { task: 'find-animal', variation: 0, simplifications: 'easy', valid: false }

/** The process numbers of the machines that belong to this test process. */
function machines(): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid=,args='], { encoding: 'utf8' })
  const lines = stdout.split('\n').map(line => line.trim().split(/\s+/))
  return lines
    .filter(([parent, , ...rest]) => Number(parent) === process.pid && rest.includes('misstep.Bridge'))
    .map(([, pid]) => Number(pid))
}

const kill = (signal: NodeJS.Signals) => {
  for (const pid of machines()) process.kill(pid, signal)
}

describe.skipIf(!jar || process.platform === 'win32')(`createSimulators${needsJar}`, () => {
  // Of its own, so that it can be seen what is left in it.
  const folder = mkdtempSync(join(tmpdir(), 'misstep-simulators-'))
  const before = process.env.TMPDIR
  let simulators: Simulators
  beforeAll(() => {
    process.env.TMPDIR = folder
    simulators = createSimulators({ jar: jar!, machines: 1, seats: 3 })
  })
  afterAll(() => {
    simulators.close()
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true, force: true })
  })

  it('knows the tasks that we list', async () => {
    const { TASK_KINDS } = await import('./task-kinds.ts')
    const expected = Object.fromEntries(TASK_KINDS.map(({ name, variations }) => [name, variations]))
    expect(await simulators.tasks()).toEqual(expected)
  })

  it('plays, looks ahead and forks without one disturbing the other', async () => {
    const run = await simulators.start(setup)
    expect(run.description).toMatch(/^Your task is to find a\(n\) animal/)
    expect(run.glimpse.observation).toMatch(/^This room is called the hallway/)
    await run.step('teleport to outside')
    const fork = run.fork()
    const [moved, looked] = await run.preview(['go to kitchen', 'look around'])
    expect([moved!.observation, looked!.moves]).toEqual(['You move to the kitchen.', 2])
    expect((await run.step('look around')).observation).toMatch(/^This outside location/)
    expect((await fork.step('go to kitchen')).look).toMatch(/^This room is called the kitchen/)
    expect(fork.actions).toEqual(['teleport to outside', 'go to kitchen'])
    expect(run.actions).toEqual(['teleport to outside', 'look around'])
    run.close()
    fork.close()
  })

  it('plays more episodes at once than there are seats', async () => {
    const runs = await Promise.all([0, 1, 2, 3, 4].map(variation => simulators.start({ ...setup, variation })))
    const play = async (run: (typeof runs)[number]) => {
      for (const action of ['teleport to outside', 'go to kitchen', 'wait1']) await run.step(action)
      return run.glimpse
    }
    const together = await Promise.all(runs.map(play))
    for (const run of runs) run.close()
    for (const [variation, glimpse] of together.entries()) {
      const alone = await simulators.start({ ...setup, variation })
      expect(await play(alone)).toEqual(glimpse)
      alone.close()
    }
  })

  it('keeps the same score, whatever another episode has done on the seat before', async () => {
    const failed = await simulators.start(setup)
    expect((await failed.step('focus on agent')).score).toBe(-1)
    failed.close()
    const run = await simulators.start(setup)
    expect((await run.step('task')).score).toBe(run.glimpse.score)
    expect(run.glimpse.score).toBeGreaterThanOrEqual(0)
    run.close()
  })

  it('plays on a seat that others have sat on, in whatever order, as on a new one', async () => {
    const kinds = ['mendelian-genetics-known-plant', 'chemistry-mix', 'use-thermometer']
    const setups = kinds.map((task, number) => ({
      task,
      variation: number,
      simplifications: ['easy', '', 'teleportAction'][number]!,
      valid: true,
    }))
    const play = async (run: Run) => {
      const random = createRandom('seats', run.description)
      const glimpses = [run.glimpse]
      for (let step = 0; step < 4; step++) glimpses.push(await run.step(random.pick(run.glimpse.valid!)))
      // Left behind: a question that nobody has answered, or a failed task.
      glimpses.push(await run.step(random.pick(['open door', 'pick up the', 'focus on agent'])))
      run.close()
      return glimpses
    }
    const [fresh, used] = [3, 1].map(seats => createSimulators({ jar: jar!, machines: 1, seats }))
    const expected = await Promise.all(
      (await Promise.all(setups.map(each => fresh!.start(each)))).map(async run => await play(run)),
    )
    fresh!.close()
    for (const number of [0, 1, 2, 2, 0, 1]) {
      expect(await play(await used!.start(setups[number]!)), setups[number]!.task).toEqual(expected[number])
    }
    // What fails leaves its seat to a new simulator.
    await expect(used!.start({ ...setup, simplifications: 'fly' })).rejects.toThrow(/simulator failed/)
    expect(await play(await used!.start(setups[0]!))).toEqual(expected[0])
    used!.close()
  }, 300_000)

  it('takes anything for an action', async () => {
    const run = await simulators.start(setup)
    const actions = ['', ' \t ', 'x'.repeat(100_000), 'two\nlines\r\n', '\u0000\u001b[31m\u0007', 'shutdown', 'exit']
    for (const action of [...actions, 'ünïcödé 動作 \u{1F300} \uD800', '{"op":"close"}', '__proto__']) {
      const { observation, moves } = await run.step(action)
      expect([observation, moves], JSON.stringify(action.slice(0, 20))).toEqual([
        'No known action matches that input.',
        0,
      ])
    }
    expect((await run.step('LOOK   AROUND')).observation).toMatch(/^This room/)
    run.close()
  })

  it('replaces a machine that is killed, between steps and in the middle of one', async () => {
    const [run, other] = await Promise.all([simulators.start(setup), simulators.start({ ...setup, variation: 1 })])
    await run.step('teleport to outside')
    kill('SIGKILL')
    expect((await run.step('look around')).observation).toMatch(/^This outside location/)
    const underWay = other.step('wait')
    kill('SIGKILL')
    expect((await underWay).observation).toMatch(/^You decide to wait for 10 iterations/)
    expect(other.glimpse.moves).toBe(11)
    expect((await run.step('go to kitchen')).moves).toBe(2)
    run.close()
    other.close()
  })

  it('says what is wrong with a task that there is not', async () => {
    await expect(simulators.start({ ...setup, task: 'fly' })).rejects.toThrow(/cannot load the task.*Unknown task/)
    await expect(simulators.start({ ...setup, variation: 300 })).rejects.toThrow(/exceeds the total number/)
    await expect(simulators.start({ ...setup, simplifications: 'fly' })).rejects.toThrow(/simulator failed.*fly/)
  })

  it('leaves no machine behind when the process that drives it is killed in the middle of a step', async () => {
    const own = mkdtempSync(join(tmpdir(), 'misstep-orphan-'))
    const bridge = fileURLToPath(new URL('../../../java/sciworld/sciworld-bridge.jar', import.meta.url))
    const command = [(await findJava()).path, '-Xmx250m', '-cp', bridge, 'misstep.Bridge', jar!.path, own]
    const load = { id: 1, slot: 'a', op: 'load', task: 'boil', variation: 0, simplifications: '' }
    const steps = { id: 2, slot: 'a', op: 'steps', actions: Array(10_000).fill('wait') }
    const program = `
      const [command, ...args] = ${JSON.stringify(command)}
      const machine = require('node:child_process').spawn(command, args, { cwd: args.at(-1), stdio: 'pipe', detached: true })
      for (const request of ${JSON.stringify([load, steps])}) machine.stdin.write(JSON.stringify(request) + '\\n')
      machine.stdout.on('data', text => String(text).includes('"id":1') && console.log(machine.pid))`
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(parent.stdout, 'data')
    const pid = Number(said)
    const runs = () => spawnSync('ps', ['-p', String(pid), '-o', 'args=']).stdout.includes('misstep.Bridge')
    expect(runs()).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(runs, { timeout: 20_000 }).toBe(false)
    expect(existsSync(own)).toBe(false)
  })

  it('leaves no machine and no folder behind', async () => {
    const own = createSimulators({ jar: jar!, machines: 2, seats: 1 })
    await Promise.all([own.start(setup), own.start(setup)])
    const running = machines().length
    expect(running).toBeGreaterThanOrEqual(2)
    own.close()
    await expect.poll(() => machines().length, { timeout: 10_000 }).toBe(running - 2)
    await expect(own.start(setup)).rejects.toThrow(/closed/)
    await expect.poll(() => readdirSync(folder).length, { timeout: 10_000 }).toBe(machines().length)
  })
})
