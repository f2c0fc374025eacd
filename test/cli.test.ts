import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import typescript from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Example } from '../src/core/example.ts'
import type { Step, Trajectory } from '../src/core/trajectory.ts'
import { ensureBuilt, misstep, root } from './misstep.ts'

// Seconds on a machine of one's own; a machine that others use may take far longer.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

/** What our own colours look like. */
const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`)
let folder: string

beforeAll(() => {
  ensureBuilt()
  folder = mkdtempSync(join(tmpdir(), 'misstep-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const step = (changes: Partial<Step> = {}): Step => ({
  thought: 'The lamp is on the desk.',
  action: 'go to desk 1',
  observation: 'You arrive at desk 1.',
  reward: 0,
  done: false,
  accepted: true,
  by: 'student',
  ...changes,
})

const trajectory = (steps: Step[]): Trajectory => ({
  id: 'train-000001',
  task: { id: 'train-000001', environment: 'households', split: 'train', kind: 'look_at_obj_in_light' },
  agent: 'student',
  instruction: 'look at book under the desklamp.',
  opening: 'You are in the middle of a room.',
  steps,
  outcome: 'lost',
  reward: 0,
  provenance: { seed: 1, environment: '1', misstep: '0.1.0', tokensIn: 0, tokensOut: 0 },
})

function write(name: string, ...items: unknown[]): string {
  const path = join(folder, name)
  writeFileSync(path, items.map(item => `${JSON.stringify(item)}\n`).join(''))
  return path
}

describe('misstep', () => {
  it('prints its commands and its version', async () => {
    const help = await misstep(['--help'])
    expect(help.code).toBe(0)
    for (const command of ['run', 'report', 'play', 'shop', 'show', 'lint', 'replay', 'env', 'pretrain', 'doctor']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    }
    expect(await misstep(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
  })

  it('shows examples in the help of every command', async () => {
    const commands = [
      ['run'],
      ['report'],
      ['play'],
      ['show'],
      ['lint'],
      ['replay'],
      ['env'],
      ['env', 'add'],
      ['doctor'],
    ]
    const helps = await Promise.all(commands.map(command => misstep([...command, '--help'])))
    for (const [index, { code, stdout }] of helps.entries()) {
      expect(code).toBe(0)
      expect(stdout).toMatch(new RegExp(`Examples?:\n  .*misstep ${commands[index]!.join(' ')}`))
    }
  })

  it.each([
    ['no command', []],
    ['an unknown command', ['plan']],
    ['an unknown option', ['play', 'households', '--expart']],
    ['a missing argument', ['run']],
    ['an index that is no number', ['play', 'households', '--index', 'one']],
    ['an unknown environment', ['play', 'nowhere']],
    ['an unknown kind of task', ['play', 'households', '--kind', 'dance']],
    ['an unknown task', ['play', 'households', '--task', 'train-1']],
  ])('ends with 2 and says so on standard error: %s', async (_, args) => {
    const { code, stdout, stderr } = await misstep(args, { folder })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('    at ')
  })

  it('guesses what a mistyped command was meant to be', async () => {
    expect((await misstep(['docter'])).stderr).toContain('Did you mean doctor?')
  })

  it('names what is wrong in a recipe, and ends with 2', async () => {
    const recipe = join(folder, 'recipe.yaml')
    writeFileSync(recipe, 'name: mine\nstudnet: here\n')
    const { code, stderr } = await misstep(['run', recipe], { folder })
    expect(code).toBe(2)
    expect(stderr).toContain('recipe.yaml:2:1')
    expect(stderr).toContain('studnet')
  })

  it('is content with a reader that stops reading', async () => {
    const list = await misstep(['play', 'households', '--list'])
    expect(list.stdout.length).toBeGreaterThan(100_000)
    const line = `set -o pipefail; "${process.execPath}" dist/cli/main.js play households --list | head -n 1`
    const output = execFileSync('bash', ['-c', line], { cwd: root, encoding: 'utf8' })
    expect(output).toBe('train-000000  look_at_obj_in_light\n')
  })

  it('ends with 130 on Ctrl-C', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '50000000', etag: '"1"' })
      const timer = setInterval(() => response.write(Buffer.alloc(1_000_000)), 20)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/games.zip`
    try {
      const running = misstep(['env', 'add', 'alfworld', '--url', url], {
        environment: { MISSTEP_CACHE: join(folder, 'cache') },
        onStart: stop => server.once('request', () => setTimeout(() => stop('SIGINT'), 200)),
      })
      expect(await running).toMatchObject({ code: 130, stdout: '' })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('misstep play', () => {
  it('takes the lines of a pipe, says why nothing happened, and takes a step back', async () => {
    const input = 'look\ngo to the moon\n:undo\n:admissible\n:dance\n:quit\n'
    const { code, stdout } = await misstep(['play', 'households', '--index', '0'], { input })
    expect(code).toBe(0)
    expect(stdout).toContain('> go to the moon\nNothing happens.\n(not accepted: ')
    expect(stdout).toContain('(step taken back)')
    expect(stdout).toContain('\ninventory\n')
    expect(stdout).toContain('There is no :dance.')
    expect(stdout).toContain('Left after 1 step')
  })

  it('is over when the input ends', async () => {
    const { code, stdout } = await misstep(['play', 'households'], { input: 'look' })
    expect(code).toBe(0)
    expect(stdout).toContain('Left after 1 step')
  })

  it('is won with what its expert does', async () => {
    const shown = await misstep(['play', 'households', '--split', 'unseen', '--index', '3', '--expert'])
    expect(shown.code).toBe(0)
    expect(shown.stdout).toMatch(/Won after \d+ steps?/)
    const actions = [...shown.stdout.matchAll(/^> (.*)$/gm)].map(match => match[1])
    const { code, stdout } = await misstep(['play', 'households', '--split', 'unseen', '--index', '3'], {
      input: `${actions.join('\n')}\n`,
    })
    expect(code).toBe(0)
    expect(stdout).toContain(`Won after ${actions.length} steps, reward 1.`)
  })

  it('lists tasks as JSON', async () => {
    const { stdout } = await misstep(['play', 'households', '--kind', 'pick_two_obj_and_place', '--list', '--json'])
    const tasks = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(new Set(tasks.map(task => task.kind))).toEqual(new Set(['pick_two_obj_and_place']))
  })

  it('plays the environment of the documentation from a file', async () => {
    const source = readFileSync(join(root, 'docs/examples/light-switches.ts'), 'utf8')
    const compilerOptions = { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext }
    const { outputText } = typescript.transpileModule(source, { compilerOptions })
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules/misstep'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'light-switches.js'), outputText)
    const { code, stdout } = await misstep(['play', './light-switches.js', '--expert'], { folder })
    expect(stdout).toMatch(/Won after \d+ steps?/)
    expect(code).toBe(0)
  })
})

describe('misstep show', () => {
  it('says who acted, what was an error, and what is masked', async () => {
    const error = { ok: false, kind: 'searched-again', reflection: 'The desk was empty before.' }
    const file = write('shown.jsonl', trajectory([step({ verdict: error }), step({ by: 'teacher', thought: 'Wait.' })]))
    const { code, stdout } = await misstep(['show', file])
    expect(code).toBe(0)
    expect(stdout).toContain('1  student, error: searched-again, masked: no loss')
    expect(stdout).toContain('Verdict: The desk was empty before.')
    expect(stdout).toContain('2  teacher\n')
  })

  it('sends no control character of a file to the terminal, in colours or without', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b1A\rgone\u202Etxt'
    const evilStep = step({ thought: evil, action: evil, observation: evil, verdict: { ok: false, kind: evil } })
    const file = write('evil.jsonl', { ...trajectory([evilStep]), id: evil, agent: evil, opening: evil })
    for (const environment of [{ FORCE_COLOR: '1' }, { NO_COLOR: '1' }] as Record<string, string>[]) {
      const { code, stdout } = await misstep(['show', file], { environment })
      expect(code).toBe(0)
      expect(COLOUR.test(stdout)).toBe('FORCE_COLOR' in environment)
      expect(stdout).toContain('␛]0;owned␇␛[2J')
      const withoutColours = stdout.split(COLOUR).join('')
      expect(withoutColours).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
    }
  })

  it('finds a trajectory by its place or its id, and prints it as JSON', async () => {
    const second = { ...trajectory([step()]), id: 'second' }
    const file = write('two.jsonl', trajectory([step()]), second)
    expect(JSON.parse((await misstep(['show', file, '--index', '1', '--json'])).stdout)).toEqual(second)
    expect(JSON.parse((await misstep(['show', file, '--id', 'second', '--json'])).stdout)).toEqual(second)
    expect((await misstep(['show', file, '--id', 'third'])).code).toBe(2)
  })
})

describe('misstep lint', () => {
  const example: Example = {
    id: 'row',
    input_ids: [1, 2, 3],
    labels: [-100, 2, 3],
    attention_mask: [1, 1, 1],
    spans: [
      { from: 0, to: 1, step: -1, role: 'user', trained: false },
      { from: 1, to: 3, step: 0, role: 'assistant', trained: true },
    ],
  }

  it('ends with 0 where there is nothing to find', async () => {
    const { code, stdout } = await misstep(['lint', write('good.jsonl', example)])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 rows, 0 findings\n' })
  })

  it('ends with 1 and names each finding, also as JSON', async () => {
    const [prompt, answer] = example.spans
    const file = write('bad.jsonl', { ...example, spans: [prompt, { ...answer, error: true }] })
    const { code, stdout } = await misstep(['lint', file])
    expect(code).toBe(1)
    expect(stdout).toContain('error-trained  row 0 (row), step 1')
    const json = await misstep(['lint', file, '--json'])
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ rule: 'error-trained', id: 'row', step: 0 })
  })
})

describe('misstep replay', () => {
  it('ends with 0 for what really happened, and with 1 and the first difference for what did not', async () => {
    const { createHouseholds } = await import('../src/environments/households/environment.ts')
    const { playEpisode } = await import('../src/play/play.ts')
    const environment = createHouseholds()
    const [task] = await environment.tasks('seen')
    const actions = ['look', 'go to nowhere 1', 'inventory']
    const agent = {
      name: 'script',
      act: async ({ steps }: { steps: readonly unknown[] }) => ({ thought: '', action: actions[steps.length]! }),
    }
    const played = await playEpisode(task!, { environment, tasks: [task!], agent, stepLimit: actions.length })
    const same = await misstep(['replay', 'households', write('same.jsonl', played), '--json'])
    expect(same.code).toBe(0)
    expect(JSON.parse(same.stdout)).toMatchObject({ episodes: 1, steps: 3, differences: 0 })

    played.steps[1]!.observation = 'You fly to the moon.'
    const other = await misstep(['replay', 'households', write('other.jsonl', played)])
    expect(other.code).toBe(1)
    expect(other.stdout).toContain('1 episode, 3 steps, 1 difference\n')
    expect(other.stdout).toContain('step 2, "go to nowhere 1": observation')
  })
})

describe('misstep env', () => {
  it('lists the environments, and whether they are ready', async () => {
    const { code, stdout } = await misstep(['env', 'list', '--json'], {
      environment: { MISSTEP_CACHE: join(folder, 'empty') },
    })
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ name: 'households', ready: true }))
    expect(lines).toContainEqual(expect.objectContaining({ name: 'alfworld', ready: false }))
  })

  it('adds nothing from a folder without games', async () => {
    const { code, stderr } = await misstep(['env', 'add', 'alfworld', '--from', folder], {
      environment: { MISSTEP_CACHE: join(folder, 'empty') },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('no games')
  })
})

describe('misstep doctor', () => {
  it('finds what is needed here, and says so as JSON', async () => {
    const { code, stdout } = await misstep(['doctor', '--json'])
    const { ok, checks } = JSON.parse(stdout)
    const needed = checks.filter((check: { needed: boolean }) => check.needed)
    expect(needed.length).toBeGreaterThanOrEqual(3)
    expect({ code, ok, missing: needed.filter((check: { ok: boolean }) => !check.ok) }).toEqual({
      code: 0,
      ok: true,
      missing: [],
    })
  })

  it('says of each benchmark what is not there, as it is found when it is opened', async () => {
    const environment = { MISSTEP_CACHE: join(folder, 'empty'), MISSTEP_JAVA: '/bin/false', MISSTEP_SCIWORLD_JAR: '' }
    const { code, stdout } = await misstep(['doctor', '--json'], { environment })
    const checks: { name: string; ok: boolean; found: string; advice: string }[] = JSON.parse(stdout).checks
    const missing = checks.filter(({ name }) => /ALFWorld|SciWorld|WebShop/.test(name))
    expect(missing.map(({ ok, found, advice }) => `${ok} ${found} ${advice}`)).toEqual([
      expect.stringMatching(/^false .*env add alfworld/),
      expect.stringMatching(/^false The simulator of SciWorld is not there.*env add sciworld/),
      expect.stringMatching(/^false This is no Java: "\/bin\/false" .*MISSTEP_JAVA/),
      expect.stringMatching(/^false .*env add webshop/),
    ])
    expect(code).toBe(0)
  })
})
