import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { trajectorySchema } from '../src/core/trajectory.ts'
import { type ChatServer, startChatServer } from './kit/chat-server.ts'
import { ensureBuilt, misstep, root } from './misstep.ts'

/** Turns round and round; what it asks for depends on what it is told last. */
const answers = ['go to desk 1', 'look', 'inventory']
const reply = (length: number) => `Thought: I look around.\nAction: ${answers[length % 3]}`

let server: ChatServer
let folder: string
beforeAll(async () => {
  ensureBuilt()
  server = await startChatServer(({ body, path }) => {
    if (path.endsWith('/models')) {
      return response => {
        response.setHeader('content-type', 'application/json')
        response.end('{"data":[{"id":"mine"}]}')
      }
    }
    return reply(body.messages.length >> 1)
  })
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-evaluate-'))
})

const evaluate = (args: string[], environment: Record<string, string> = {}) =>
  misstep(['evaluate', ...args], { folder, environment })
const read = (path: string) => readFileSync(join(folder, path), 'utf8')
const result = (path = 'out') => JSON.parse(read(join(path, 'result.json')))

describe('misstep evaluate', () => {
  it('lets the only model of an endpoint play, and tells how well', async () => {
    const { code, stdout, stderr } = await evaluate([
      ...['households', '--model', server.url, '--limit', '3', '--step-limit', '6', '--judge', 'oracle'],
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^model +mine at http:\/\/127\.0\.0\.1:\d+\/v1$/m)
    expect(stdout).toMatch(/^engine +households 1/m)
    expect(stdout).toMatch(/^protocol +none: settings of your own$/m)
    expect(stdout).toMatch(/^success +0\.0% .*, 0 of 3$/m)
    expect(stdout).toMatch(/^errors +\d/m)
    const [name] = readdirSync(join(folder, 'evaluations'))
    expect(name).toBe('households-unseen-mine')
    const files = readdirSync(join(folder, 'evaluations', name!)).sort()
    expect(files).toEqual(['exchanges.jsonl', 'result.json', 'scores.jsonl', 'settings.json', 'trajectories.jsonl'])
  })

  it('asks nothing again that was answered, and goes on to more tasks', async () => {
    const args = ['households', '--model', server.url, '--out', 'out', '--step-limit', '4', '--limit']
    const before = server.calls.length
    await evaluate([...args, '2'])
    const asked = server.calls.filter(({ path }) => path.endsWith('/completions')).length
    expect((await evaluate([...args, '2', '--json'])).code).toBe(0)
    expect(server.calls.filter(({ path }) => path.endsWith('/completions')).length).toBe(asked)
    const { code, stdout } = await evaluate([...args, '3', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      success: { tasks: 3 },
      settings: { model: { name: 'mine' } },
    })
    expect(server.calls.length - before).toBe(3 + 3 * 4)
    for (const line of read('out/trajectories.jsonl').trimEnd().split('\n')) trajectorySchema.parse(JSON.parse(line))
  })

  it('repeats a recorded evaluation without the network', async () => {
    const args = ['households', '--name', 'mine', '--limit', '2', '--step-limit', '4']
    await evaluate([...args, '--model', server.url, '--record', 'paid.jsonl', '--out', 'first'])
    const dead = 'http://127.0.0.1:1/v1'
    const { code } = await evaluate([...args, '--model', dead, '--replay', 'paid.jsonl', '--out', 'second'])
    expect(code).toBe(0)
    expect(read('second/trajectories.jsonl')).toBe(read('first/trajectories.jsonl'))
  })

  it('asks as the protocol says', async () => {
    const shown = server.calls.length
    const { code, stdout } = await evaluate([
      ...['webshop', '--model', server.url, '--split', 'unseen', '--protocol', 'eto', '--limit', '1', '--out', 'out'],
      ...['--option', 'made={products: 80}'],
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^protocol +eto \(Song et al\. 2024; Yifan-Song793\/ETO a2fc5da\)$/m)
    expect(stdout).toMatch(/^which differs +eto has no split unseen: 1 task/m)
    expect(stdout).toMatch(/^limits +512 tokens an answer, 10 steps$/m)
    const { body } = server.calls.slice(shown).find(({ path }) => path.endsWith('/completions'))!
    expect(body).toMatchObject({ max_tokens: 512, temperature: 0, stop: ['\nObservation:', '\nTask:', '\n---'] })
    const roles = body.messages.map(({ role }) => role)
    expect(body.messages[1]).toMatchObject({ role: 'assistant', content: 'OK' })
    // The worked example ends with the expert's purchase; then comes the task.
    expect(roles.length).toBeGreaterThan(6)
    expect(body.messages.at(-2)!.content).toMatch(/Action: click\[buy now\]/i)
    expect(result().settings.agent).toMatchObject({ format: 'eto', examples: 1, answerTokens: 512, temperature: 0 })
  })

  it("plays the protocol's own split where none is named, and nothing where there is none", async () => {
    const asked = server.calls.length
    const args = [
      'webshop',
      '--model',
      server.url,
      '--name',
      'mine',
      '--protocol',
      'eto',
      '--limit',
      '1',
      '--out',
      'out',
    ]
    const { code, stderr } = await evaluate([...args, '--option', 'made={products: 80}'])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('no such split: "test"') })
    expect(server.calls.length).toBe(asked)
  })

  it('says in what it is not the protocol before the model is asked anything', async () => {
    let calls = 0
    const silent = await startChatServer(() => {
      calls++
      return response => response.writeHead(401).end()
    })
    try {
      const { code, stdout, stderr } = await evaluate([
        ...['webshop', '--model', silent.url, '--name', 'mine', '--split', 'unseen', '--protocol', 'eto'],
        ...['--limit', '1', '--out', 'out', '--option', 'made={products: 80}'],
      ])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(calls).toBeGreaterThan(0)
      expect(stderr).toMatch(
        /^This is not quite the protocol eto:\n {2}eto has no split unseen: 1 task of .*\n {2}a made-up shop/,
      )
    } finally {
      await silent.close()
    }
  })

  it("plays a user's own environment with a described endpoint, and counts what it costs", async () => {
    const world = join(import.meta.dirname, '../docs/examples/light-switches.ts')
    if (!existsSync(world)) throw new Error('The example has moved')
    writeFileSync(join(folder, 'world.mjs'), OWN_WORLD)
    writeFileSync(join(folder, 'model.yaml'), `url: ${server.url}\nmodel: mine\nprice: { in: 1, out: 2 }\n`)
    const { code, stdout } = await evaluate(['./world.mjs', '--model', 'model.yaml', '--out', 'out'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^spent .* cost 0\.\d{4}$/m) })
    expect(result().success).toMatchObject({ tasks: 2, won: 2 })
    expect(result().spent.cost).toBeGreaterThan(0)
  })

  it('ends with exit code 1 when the world breaks in an episode, and tries just that one again', async () => {
    writeFileSync(join(folder, 'world.mjs'), OWN_WORLD)
    const args = ['./world.mjs', '--model', server.url, '--name', 'mine', '--out', 'out']
    const broken = await evaluate(args, { BROKEN: 'a' })
    expect({ ...broken, stderr: '' }).toEqual({ code: 1, stdout: '', stderr: '' })
    expect(broken.stderr).toContain(
      'error: The environment failed in 1 of 2 episodes:\n  a: The lamp is gone\n  Mend it.\n',
    )
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      ...['exchanges.jsonl', 'settings.json', 'trajectories.partial.jsonl'],
    ])
    const asked = server.calls.length
    expect((await evaluate(args)).code).toBe(0)
    expect(server.calls.length - asked).toBe(1)
    expect(result().success).toMatchObject({ tasks: 2, won: 2 })
  })

  it('tells an endpoint how to answer and which commands there are, a checkpoint neither, or as it is asked', async () => {
    const student = join(import.meta.dirname, '../students/household-base')
    const first = async (more: string[]) => {
      const from = server.calls.length
      const out = `out${from}${more.join('')}`.replace(/\W/g, '')
      const rest = ['--limit', '1', '--step-limit', '1', '--out', out, ...more]
      const { code, stderr } = await evaluate(['households', '--model', server.url, '--name', 'mine', ...rest])
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(result(out).settings.agent.explain).toBe(!more.includes('--no-explain'))
      return server.calls[from]!.body.messages[0]!.content!
    }
    const told = await first([])
    expect(told).toMatch(/go to <receptacle>[\s\S]*move <object> to <receptacle>[\s\S]*Action:/)
    expect(await first(['--explain'])).toBe(told)
    expect(await first(['--no-explain'])).toMatch(/^-= Welcome to TextWorld/)
    const args = ['households', '--model', student, '--limit', '1', '--step-limit', '1', '--explain', '--out', 'out']
    expect((await evaluate(args)).code).toBe(0)
    expect(result().settings.agent.explain).toBe(true)
  })

  it('lets a checkpoint play where it is told to, and says what became of auto; an endpoint is told nothing', async () => {
    const student = join(import.meta.dirname, '../students/household-base')
    const args = ['households', '--model', student, '--limit', '1', '--step-limit', '1', '--out', 'out', '--device']
    const automatic = await evaluate([...args, 'auto'])
    expect(automatic).toMatchObject({ code: 0, stderr: expect.stringMatching(/^device: auto takes .*\.$/m) })
    const used = /^device: auto takes (?!the processor)(\w+)/m.exec(automatic.stderr)?.[1]
    expect(result().settings.model.device).toBe(used)
    expect(await evaluate([...args, 'abacus'])).toMatchObject({ code: 2, stderr: expect.stringContaining('"abacus"') })
    const elsewhere = ['households', '--model', server.url, '--limit', '1', '--device', 'auto']
    expect(await evaluate(elsewhere)).toMatchObject({ code: 2, stderr: expect.stringContaining('for a checkpoint') })
  })

  it('lets a checkpoint play', async () => {
    const student = join(import.meta.dirname, '../students/household-base')
    const args = ['households', '--model', student, '--limit', '1', '--step-limit', '3', '--out', 'out']
    expect((await evaluate(args)).code).toBe(0)
    expect(result().settings).toMatchObject({
      agent: { format: 'react', explain: false },
      model: { name: 'household-base', checkpoint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  it.each([
    [
      'an endpoint where nobody listens',
      ['households', '--model', 'http://127.0.0.1:1/v1', '--name', 'x'],
      1,
      /cannot be reached/,
    ],
    ['an environment that is nowhere', ['nope', '--model', 'http://127.0.0.1:9'], 2, /no such environment: "nope"/],
    ['a model that is nowhere', ['households', '--model', 'no/such'], 2, /There is no such model: "no\/such"/],
    ['a split that is nowhere', ['households', '--split', 'moon', '--model', 'URL'], 2, /Its splits are train/],
    [
      'an environment without the protocol',
      ['households', '--protocol', 'eto', '--model', 'URL'],
      2,
      /not defined for/,
    ],
    [
      'another protocol',
      ['alfworld', '--protocol', 'mine', '--model', 'URL'],
      2,
      /no such protocol: "mine"\n {2}There is eto/,
    ],
    [
      'what the protocol fixes',
      ['webshop', '--protocol', 'eto', '--model', 'URL', '--step-limit', '3'],
      2,
      /fixes what --step-limit/,
    ],
    [
      'a key that is not set',
      ['households', '--model', 'URL', '--name', 'mine', '--key', 'NO_SUCH_KEY'],
      2,
      /NO_SUCH_KEY/,
    ],
  ])('says what is wrong with %s', async (_, args, code, message) => {
    const ended = await evaluate(args.map(arg => (arg === 'URL' ? server.url : arg)))
    expect(ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
  })

  it('never shows a password in an address, or a key', async () => {
    const url = server.url.replace('http://', 'http://me:s3cret-word@')
    const { code, stdout, stderr } = await evaluate(['households', '--model', url])
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('s3cret-word')
    const args = [
      'households',
      '--model',
      server.url,
      '--key',
      'MY_KEY',
      '--limit',
      '1',
      '--step-limit',
      '2',
      '--out',
      'out',
    ]
    expect((await evaluate(args, { MY_KEY: 's3cret-key-word' })).code).toBe(0)
    expect(server.calls.at(-1)!.headers.authorization).toBe('Bearer s3cret-key-word')
    for (const file of readdirSync(join(folder, 'out')))
      expect(read(join('out', file))).not.toContain('s3cret-key-word')
  })
})

/** Any action wins, where the world does not break; without judge, expert and fork. */
const OWN_WORLD = `
import { MisstepError } from ${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')))}
export default {
  name: 'world', splits: ['unseen'], version: '7', prompt: 'Do it.', stepLimit: 5,
  tasks: async split => ['a', 'b'].map(id => ({ id, environment: 'world', split, kind: 'k' })),
  async start({ id }) {
    if (id === process.env.BROKEN) throw new MisstepError('environment', 'The lamp is gone', { advice: 'Mend it.' })
    const episode = {
      instruction: 'Do it.', observation: 'Here.', done: false, won: false, reward: 0,
      async step() {
        Object.assign(episode, { done: true, won: true, reward: 1 })
        return { observation: 'Done.', reward: 1, done: true, won: true, accepted: true }
      },
      async close() {},
    }
    return episode
  },
  async close() {},
}
`
