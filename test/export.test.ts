import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Example, NO_LOSS } from '../src/core/example.ts'
import type { Trajectory } from '../src/core/trajectory.ts'
import {
  DIALECTS,
  dialectNamed,
  exportRows,
  faultOf,
  openRunArm,
  type WeightedConversation,
  weightedConversation,
} from '../src/export/index.ts'
import { carriesLoss, loadChatFormat, MASK_POLICIES, renderExamples, stepText } from '../src/render/index.ts'
import { compiledSource } from './compiled-sources.ts'
import { erringTrajectories, studentExamples } from './kit/student-examples.ts'

type Message = { role: string; content: string | { value: string }[]; [field: string]: unknown }

/** How each dialect says that a message is trained. */
const SAYS: Record<string, (message: Message) => boolean> = {
  axolotl: ({ train }) => train === true,
  'ms-swift': ({ loss }) => loss === true,
  'llama-factory-v1': ({ loss_weight: weight }) => weight === 1,
  openai: ({ weight }) => weight === 1,
  mistral: ({ weight }) => weight === 1,
  fireworks: ({ weight }) => weight === 1,
  'together-messages': ({ weight }) => weight === 1,
  tinker: ({ trainable }) => trainable === true,
}

const folder = mkdtempSync(join(tmpdir(), 'misstep-export-'))
const trajectories = erringTrajectories(12)
const conversations = trajectories.map(trajectory => weightedConversation(trajectory, { mask: 'errors' }))

async function rowsOf(name: string, sources: readonly (Example | WeightedConversation)[], options = {}) {
  const path = join(folder, `${name}.out`)
  const report = await exportRows(dialectNamed(name), sources as never[], path, options)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return { report, rows: lines.map(line => JSON.parse(line) as { messages: Message[] } & Record<string, number[]>) }
}

describe('a conversation with weights', () => {
  it('gives each answer the weight that the mask decides, and ends with the last one that carries loss', () => {
    fc.assert(
      fc.property(fc.nat(11), fc.constantFrom(...MASK_POLICIES), (number, mask) => {
        const trajectory = trajectories[number]!
        const { messages } = weightedConversation(trajectory, { mask, prompt: 'Play.' })
        const decided = trajectory.steps.map(step => (carriesLoss(step, mask) ? 1 : 0))
        const answers = messages.filter(message => message.role === 'assistant')
        expect(answers.map(({ weight }) => weight)).toEqual(decided.slice(0, decided.lastIndexOf(1) + 1))
        expect(messages.every(({ role, weight }) => role === 'assistant' || weight === 0)).toBe(true)
        expect(messages.at(-1)?.weight ?? 1).toBe(1)
      }),
    )
  })
})

describe.each(Object.keys(SAYS))('the dialect %s', name => {
  it('trains exactly the answers that carry loss, and says every message in its own words', async () => {
    const { rows, report } = await rowsOf(name, conversations)
    expect(report.leftOut).toEqual({})
    for (const [index, { messages }] of rows.entries()) {
      const text = ({ content }: Message) => (typeof content === 'string' ? content : content[0]!.value)
      expect(messages.map(message => [message.role, text(message), SAYS[name]!(message)])).toEqual(
        conversations[index]!.messages.map(({ role, content, weight }) => [role, content, weight === 1]),
      )
    }
  })

  it('leaves out what its target would refuse, and says why', async () => {
    const endless = { ...conversations[0]!, messages: conversations[0]!.messages.toSpliced(1, 1) }
    const { report } = await rowsOf(name, [...conversations, { id: 'silent', messages: [] }, endless])
    // OpenAI and it alone takes neighbours of one role.
    expect(report.rows).toBe(name === 'openai' ? 13 : 12)
    expect(report.leftOut['nothing in it carries loss']).toBe(1)
  })

  it('names the rule that a row breaks', () => {
    const [row] = dialectNamed(name).rows(conversations[0]! as never, {}) as { messages: object[] }[]
    expect(faultOf(dialectNamed(name), row)).toBeUndefined()
    const broken = [
      { messages: row!.messages.slice(0, -1) },
      { messages: row!.messages.map(message => ({ ...message, colour: 'red' })) },
      { messages: row!.messages.map(message => ('weight' in message ? { ...message, weight: 2 } : message)).slice(1) },
      { messages: [] },
      {},
    ]
    for (const one of broken) expect(faultOf(dialectNamed(name), one)).toMatch(/messages/)
  })
})

describe('fractions of a weight', () => {
  const [first] = conversations
  const half = { ...first!, messages: first!.messages.map(message => ({ ...message, weight: message.weight / 2 })) }

  it('are kept where the target knows them', async () => {
    expect((await rowsOf('ms-swift', [half])).rows[0]!.messages[1]).toMatchObject({ loss: true, loss_scale: 0.5 })
    expect((await rowsOf('llama-factory-v1', [half])).rows[0]!.messages[1]!.loss_weight).toBe(0.5)
  })

  it('are refused where the mask would be lost, and nothing is written', async () => {
    for (const name of ['axolotl', 'openai', 'mistral', 'fireworks', 'together-messages', 'tinker', 'llama-factory']) {
      const path = join(folder, `half-${name}`)
      const wish = exportRows(dialectNamed(name), [half] as never[], path)
      await expect(wish).rejects.toMatchObject({ code: 'mask' })
      expect(existsSync(path) || existsSync(`${path}.partial`)).toBe(false)
    }
  })
})

it('refuses rows of tokens whose weights the target cannot take', async () => {
  const [example] = await studentExamples('students/household-base', 1)
  const weights = example!.labels.map(label => (label < 0 ? 0 : 0.5))
  for (const name of ['trl', 'axolotl-tokens', 'together']) {
    const path = join(folder, `half-${name}`)
    const wish = exportRows(dialectNamed(name), [{ ...example!, weights }] as never[], path)
    await expect(wish).rejects.toMatchObject({ code: 'mask', value: 0.5 })
    expect(existsSync(path) || existsSync(`${path}.partial`)).toBe(false)
  }
})

describe("LLaMA-Factory's released line", () => {
  it('gets one row for each answer that carries loss, which is its last one', async () => {
    const { rows } = await rowsOf('llama-factory', conversations)
    const wanted = trajectories.flatMap(({ steps }) => steps.filter(step => carriesLoss(step, 'errors')).map(stepText))
    expect(rows.map(({ messages }) => messages.at(-1)!.content)).toEqual(wanted)
    expect(rows.every(({ messages }) => messages.every(message => Object.keys(message).length === 2))).toBe(true)
  })

  it('is refused whole conversations whose mask it would lose, but not others', async () => {
    await expect(rowsOf('llama-factory', conversations, { split: false })).rejects.toThrow(/mask would be lost/)
    const unmasked = trajectories.map(trajectory => weightedConversation(trajectory, { mask: 'none' }))
    expect((await rowsOf('llama-factory', unmasked, { split: false })).rows.length).toBe(12)
  })
})

describe('the dialects of tokens', () => {
  let examples: Example[]
  beforeAll(async () => {
    examples = await studentExamples('students/household-base', 12)
  })

  it('carry ids and labels as they are', async () => {
    const { rows } = await rowsOf('trl', examples)
    expect(rows).toEqual(examples.map(({ id, input_ids, labels }) => ({ id, input_ids, labels })))
    const tokens = await rowsOf('axolotl-tokens', examples)
    expect(tokens.rows[3]).toEqual({
      input_ids: examples[3]!.input_ids,
      attention_mask: examples[3]!.attention_mask,
      labels: examples[3]!.labels,
    })
    const trained = examples.flatMap(({ labels }) => labels.filter(label => label !== NO_LOSS)).length
    expect(tokens.report).toMatchObject({ rows: 12, trained })
  })

  it('come back from Parquet as they went in, over the borders of row groups', async () => {
    const path = join(folder, 'rows.parquet')
    const many = Array.from({ length: 2500 }, (_, index) => examples[index % examples.length]!)
    await exportRows(dialectNamed('together'), many as never[], path)
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
    expect(read.length).toBe(2500)
    for (const index of [0, 1399, 2499]) {
      const { input_ids, attention_mask, labels } = many[index]!
      expect(read[index]).toEqual({ input_ids, attention_mask, labels })
    }
  })

  it('leave out rows whose labels are not their ids, or that train nothing', async () => {
    const [good] = examples
    const other = { ...good!, labels: good!.labels.map(label => (label === NO_LOSS ? NO_LOSS : label + 1)) }
    const short = { ...good!, labels: good!.labels.slice(1) }
    const silent = { ...good!, labels: good!.labels.map(() => NO_LOSS) }
    for (const name of ['trl', 'axolotl-tokens']) {
      const { report } = await rowsOf(name, [good!, other, short, silent])
      expect(report.rows).toBe(1)
      expect(Object.values(report.leftOut).reduce((sum, count) => sum + count)).toBe(3)
    }
  })
})

describe('any dialect', () => {
  it('has a page of documentation that the command line knows by its name', () => {
    for (const { name } of DIALECTS) {
      const page = name.replace(/-(tokens|messages|v1)$/, '')
      expect(readFileSync(`docs/export/${page}.md`, 'utf8')).toContain(`--to ${name} `)
    }
    const command = readFileSync('src/cli/commands/export.ts', 'utf8')
    for (const { name } of DIALECTS) expect(command).toContain(`'${name}'`)
  })

  it('refuses fewer rows than its target takes, and leaves an older file alone', async () => {
    const path = join(folder, 'few.jsonl')
    writeFileSync(path, 'old')
    await expect(exportRows(dialectNamed('openai'), conversations.slice(3) as never[], path)).rejects.toThrow(
      /at least 10/,
    )
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(existsSync(`${path}.partial`)).toBe(false)
  })

  it('writes far more rows than fit into memory', async () => {
    const source = join(folder, 'source.json')
    writeFileSync(source, JSON.stringify(conversations[11]))
    const out = join(folder, 'many.jsonl')
    const code = `
      import { readFileSync } from 'node:fs'
      const { dialectNamed, exportRows } = await import(${JSON.stringify(compiledSource('export/index.ts'))})
      const text = readFileSync(process.argv[1], 'utf8')
      function* many() { for (let count = 0; count < 60_000; count++) yield JSON.parse(text) }
      await exportRows(dialectNamed('openai'), many(), process.argv[2])`
    const flags = ['--max-old-space-size=32', '--input-type=module', '-e', code]
    await promisify(execFile)(process.execPath, [...flags, source, out])
    expect(statSync(out).size).toBeGreaterThan(64e6)
  }, 60_000)
})

describe("a run's arm", () => {
  const run = join(folder, 'run')
  const write = (name: string, rows: object[]) =>
    writeFileSync(join(run, name), rows.map(row => `${JSON.stringify(row)}\n`).join(''))

  beforeAll(async () => {
    for (const name of ['trajectories', 'examples']) mkdirSync(join(run, name), { recursive: true })
    const arms = { step: { data: ['golden', 'reflected'], mask: 'corrections-only' }, base: { data: ['golden'] } }
    const manifest = {
      format: 1,
      name: 'r',
      recipe: { environment: { name: 'households' }, arms },
      versions: {},
      stages: {},
    }
    writeFileSync(join(run, 'manifest.json'), JSON.stringify(manifest))
    const golden = trajectories.slice(0, 2)
    const reflected = trajectories.slice(2, 6)
    write('trajectories/golden.jsonl', golden)
    write('trajectories/reflected.jsonl', reflected)
    const format = await loadChatFormat('students/household-base')
    const render = (source: string, of: Trajectory[]) =>
      renderExamples(
        format,
        of.map(one => ({ ...one, id: `${source}/${one.id}` })),
        { mask: 'errors', maxTokens: 999 },
      ).examples
    const [first, second] = render('golden', golden)
    // As a run mixes: one row twice, one not at all; and one trajectory was not kept.
    write('examples/step.jsonl', [
      first!,
      { ...first!, id: `${first!.id} (again 1)` },
      ...render('reflected', reflected).slice(1),
    ])
    write('examples/base.jsonl', [first!, second!])
  })

  it('is the conversations of its rows, as often as they were repeated, each with the mask of its source', async () => {
    const found: WeightedConversation[] = []
    for await (const one of openRunArm(run, 'step').conversations(() => '')) found.push(one)
    expect(found.map(({ id }) => id)).toEqual(
      [0, 0, 3, 4, 5].map(number => `${number < 2 ? 'golden' : 'reflected'}/train-${number}`),
    )
    const weights = (number: number, mask: 'errors' | 'corrections-only') =>
      weightedConversation(trajectories[number]!, { mask }).messages.map(({ weight }) => weight)
    expect(found[0]!.messages.map(({ weight }) => weight)).toEqual(weights(0, 'errors'))
    expect(found[2]!.messages.map(({ weight }) => weight)).toEqual(weights(3, 'corrections-only'))
  })

  it('is each conversation once a round where its rows are of one turn', async () => {
    const turns = [1, 3].flatMap(step => ['', ' (again 1)'].map(again => `golden/train-1 (step ${step})${again}`))
    const [row] = await studentExamples('students/household-base', 1)
    write(
      'examples/base.jsonl',
      turns.map(id => ({ ...row!, id, trajectory: 'golden/train-1' })),
    )
    const found: string[] = []
    for await (const { id } of openRunArm(run, 'base').conversations(() => '')) found.push(id)
    expect(found).toEqual(['golden/train-1', 'golden/train-1'])
  })

  it('must be one that the run has, in a folder that is a run', () => {
    expect(() => openRunArm(run, 'other')).toThrow(/step, base/)
    expect(() => openRunArm(run, undefined)).toThrow(/none is named\n.*--arm: step, base/)
    expect(() => openRunArm(folder, 'step')).toThrow(/holds no run/)
  })
})
