import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MachineLost, startMachine } from './machine.ts'
import type { Setup } from './run.ts'
import type { SimulatorJar } from './simulator-jar.ts'
import { createSimulators } from './simulators.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-machine-'))
const before = { TMPDIR: process.env.TMPDIR, MISSTEP_JAVA: process.env.MISSTEP_JAVA }

/**
 * A program in place of Java, for what the real simulator cannot be made to do. It counts steps; `hang` makes it stop
 * answering, `die` end, `break` end in the middle of an answer, `starve` end where its heap is bounded, `fault` fail, `drift`
 * be at another point whenever it is asked.
 */
const program = `#!${process.execPath}
if (process.argv.includes('-version')) { console.error('openjdk version "17"'); process.exit() }
const say = value => console.log(JSON.stringify(value))
if (process.env.FAKE === 'silent') { console.error('no memory'); process.exit(1) }
console.log('a warning of the machine')
say({ id: 0, result: '17' })
const moves = {}
import('node:readline').then(({ createInterface }) => createInterface({ input: process.stdin }).on('line', line => {
  const { id, slot, op, actions = [] } = JSON.parse(line)
  if (op === 'load') { moves[slot] = 0; say({ id, result: { error: '', description: 'Count.' } }); return }
  if (op !== 'steps') { say({ id, error: 'no such thing' }); return }
  if (actions.includes('hang') && (process.env.FAKE !== 'once' || actions.length === 1)) return
  if (actions.includes('die')) process.exit(3)
  if (actions.includes('starve') && process.argv.some(each => each.startsWith('-Xmx'))) process.exit(3)
  if (actions.includes('break')) { process.stdout.write('{"id":' + id + ',"result":[{"obser'); process.exit(3) }
  say({ id, result: actions.map(action => {
    moves[slot] += action === 'look around' ? 0 : 1
    const observation = action === 'drift' ? String(process.pid) : action
    const fault = action === 'fault' ? { fault: 'java.lang.Error' } : {}
    return { observation, score: 0, completed: false, moves: moves[slot], look: '', inventory: '', ...fault }
  }) })
}).on('close', () => process.exit()))
`
const java = join(folder, 'java')
const jar: SimulatorJar = { path: 'none.jar', version: '1.2.3', digest: '0', types: undefined, repeatable: false }
const options = { java, jar: 'none.jar', heap: 100, constantHashes: true, timeout: 5000 }
const setup: Setup = { task: 'count', variation: 0, simplifications: '', valid: false }

beforeAll(() => {
  writeFileSync(java, program)
  chmodSync(java, 0o755)
  process.env.MISSTEP_JAVA = java
})
afterAll(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(process.platform === 'win32')('startMachine', () => {
  it('passes over what the machine itself prints, and tells failed requests from answers', async () => {
    const machine = await startMachine(options)
    expect(await machine.ask('a', { op: 'load' })).toEqual({ error: '', description: 'Count.' })
    await expect(machine.ask('a', { op: 'gold' })).rejects.toThrow('no such thing')
    machine.stop()
    expect(machine.alive).toBe(false)
    await expect(machine.ask('a', { op: 'load' })).rejects.toThrow(MachineLost)
  })

  it('says why it did not start', async () => {
    process.env.FAKE = 'silent'
    await expect(startMachine(options)).rejects.toThrow(/did not start \(it ended with code 1: no memory\)/)
    delete process.env.FAKE
    await expect(startMachine({ ...options, java: join(folder, 'none') })).rejects.toThrow(/did not start.*ENOENT/)
  })

  it('counts as stuck when it does not answer in time', async () => {
    const machine = await startMachine({ ...options, timeout: 1000 })
    await machine.ask('a', { op: 'load' })
    const others = machine.ask('b', { op: 'steps', actions: ['hang'] })
    await expect(machine.ask('a', { op: 'steps', actions: ['hang'] })).rejects.toThrow(/no answer for 1 s/)
    await expect(others).rejects.toThrow(MachineLost)
  })

  it('says that it cannot make its folder', async () => {
    process.env.TMPDIR = join(folder, 'nowhere')
    await expect(startMachine(options)).rejects.toThrow(/working directory of the simulator \(ENOENT\)/)
    process.env.TMPDIR = folder
    await startMachine(options).then(machine => machine.stop())
    await expect.poll(() => readdirSync(folder), { timeout: 5000 }).toEqual(['java'])
  })
})

describe.skipIf(process.platform === 'win32')('createSimulators, on machines that fail', () => {
  const open = (timeout = 5000) => createSimulators({ jar, machines: 1, seats: 4, timeout })

  it('tells a simulator that fails from an agent that does, and goes on with others', async () => {
    const simulators = open()
    const [run, other] = await Promise.all([simulators.start(setup), simulators.start(setup)])
    await expect(run.step('fault')).rejects.toThrow(
      /simulator failed \(java.lang.Error\).*"count 0: fault"[\s\S]*not of the agent/,
    )
    await expect(run.step('look around')).rejects.toThrow(/simulator failed/)
    expect((await other.step('wait')).moves).toBe(1)
    simulators.close()
  })

  it.each(['die', 'break', 'hang'])(
    'gives up on an episode that makes machines %s, and spares the others',
    async action => {
      const simulators = open(1500)
      const runs = await Promise.all([1, 2, 3].map(() => simulators.start(setup)))
      for (const run of runs) await run.step('wait')
      const [doomed, ...others] = runs
      const end = expect(doomed!.step(action)).rejects.toThrow(/lost twice at the same point/)
      const next = await Promise.all(others.map(run => run.step('wait')))
      expect(next.map(({ moves }) => moves)).toEqual([2, 2])
      await end
      expect((await others[0]!.step('wait')).moves).toBe(3)
      simulators.close()
    },
  )

  it('lets an episode that needs more memory than its share go on where it may have it', async () => {
    const simulators = open()
    const run = await simulators.start(setup)
    await run.step('wait')
    expect((await run.step('starve')).moves).toBe(2)
    simulators.close()
  })

  it('says so when a lost episode does not come out the same', async () => {
    const simulators = open(1500)
    const [run, other] = await Promise.all([simulators.start(setup), simulators.start(setup)])
    await run.step('drift')
    await expect(other.step('die')).rejects.toThrow(/lost twice/)
    await expect(run.step('wait')).rejects.toThrow(
      /cannot be brought back.*"count 0 after 1 actions"[\s\S]*counts for nothing/,
    )
    simulators.close()
  })

  it('lets an episode be closed in the middle of a step', async () => {
    const simulators = open()
    const run = await simulators.start(setup)
    const step = run.step('wait')
    run.close()
    await expect(step).rejects.toThrow(/has been closed/)
    const again = await simulators.start(setup)
    expect((await again.step('wait')).moves).toBe(1)
    simulators.close()
  })
})
