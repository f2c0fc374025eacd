import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Tokenizer as Library } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText, anyTrajectory } from '../../test/kit/conversations.ts'
import {
  buildTokenizer,
  conversations,
  createFamilyFormat,
  datedGoldens,
  FAMILIES,
  goldens,
  realGoldens,
  templateOf,
} from '../../test/kit/stand-ins.ts'
import type { Message } from '../core/agent.ts'
import { type Example, NO_LOSS } from '../core/example.ts'
import type { Trajectory } from '../core/trajectory.ts'
import {
  type ChatFormat,
  carriesLoss,
  createChatFormat,
  isError,
  MASK_POLICIES,
  type MaskPolicy,
  renderExamples,
  trajectoryMessages,
} from './index.ts'
import { createJinjaTemplate } from './jinja-template.ts'

/** A folder with `<family>/tokenizer.json` of the families' real tokenizers, as scripts/render-goldens.py takes it. */
const tokenizers = process.env.MISSTEP_TEST_TOKENIZERS ?? ''
/** Families that rewrite what was said: they get one row for each trained step. */
const REWRITING = ['qwen-3']

const digest = (ids: readonly number[] | null) =>
  ids ? createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 16) : 'refused'

/** As in the goldens: the ids without and with what introduces the next answer; null where the template refuses. */
function outcomes(format: ChatFormat, messages: readonly Message[]): (number[] | null)[] {
  return [false, true].map(addGenerationPrompt => {
    try {
      return format.promptIds(messages, { addGenerationPrompt })
    } catch (error) {
      if ((error as { code?: string }).code === 'model') return null
      throw error
    }
  })
}

/** Conversations that no special token was smuggled into: transformers would take it for one, and we never do. */
const harmless = (format: ChatFormat) =>
  conversations.flatMap((messages, index) => {
    const isHarmless = messages.every(
      ({ content }) => !format.tokenizer.specialTokens.some(token => content.includes(token)),
    )
    return isHarmless ? [{ messages, index }] : []
  })

/** The text of the step that a row trains, found by rendering alone: from the prompt to the stop token. */
function trainedText(format: ChatFormat, messages: readonly Message[], at: number): string {
  const prompt = format.render(messages.slice(0, at))
  const answered = format.render(messages.slice(0, at + 1), { addGenerationPrompt: false })
  expect(answered.startsWith(prompt)).toBe(true)
  return answered.slice(prompt.length, answered.indexOf(format.stopToken, prompt.length) + format.stopToken.length)
}

/** The text of a run of tokens, as it stands within the row. */
const textOf = ({ tokenizer }: ChatFormat, { input_ids: ids }: Example, from: number, to: number) =>
  tokenizer.decode(ids.slice(0, to)).slice(tokenizer.decode(ids.slice(0, from)).length)

const runsOf = ({ labels }: Example) => {
  const runs: { from: number; to: number }[] = []
  for (const [at, label] of labels.entries()) {
    if (label === NO_LOSS) continue
    if (runs.at(-1)?.to === at) runs.at(-1)!.to++
    else runs.push({ from: at, to: at + 1 })
  }
  return runs
}

function checkRows(format: ChatFormat, trajectory: Trajectory, mask: MaskPolicy, isSplit: boolean): void {
  const { examples, dropped, split } = renderExamples(format, [trajectory], { mask })
  const messages = trajectoryMessages(trajectory)
  const trained = messages.flatMap(({ role, step }, at) =>
    role === 'assistant' && carriesLoss(trajectory.steps[step]!, mask) ? [at] : [],
  )
  expect(dropped.map(({ reason }) => reason)).toEqual(trained.length > 0 ? [] : ['nothing-trained'])
  if (trained.length > 0 && isSplit) expect([split, examples.length]).toEqual([1, trained.length])
  const runs = examples.flatMap(row => runsOf(row).map(run => ({ row, ...run })))
  expect(runs).toHaveLength(trained.length)
  for (const [i, { row, from, to }] of runs.entries()) {
    const expected = trainedText(format, messages, trained[i]!)
    // Some tokenizers compose characters, and some tokens swallow the white space after them.
    expect(textOf(format, row, from, to).normalize('NFC').trimStart()).toBe(expected.normalize('NFC').trimStart())
    expect(row.labels.slice(from, to)).toEqual(row.input_ids.slice(from, to))
    expect(row.input_ids[to - 1]).toBe(format.stopId)
    const upTo = isSplit ? messages.slice(0, trained[i]! + 1) : messages
    expect(row.input_ids).toEqual(format.promptIds(upTo, { addGenerationPrompt: false }))
  }
  for (const { labels, spans } of examples) {
    for (const { from, to, step, role, error } of spans) {
      if (role !== 'assistant') expect(labels.slice(from, to).every(label => label === NO_LOSS)).toBe(true)
      if (role !== 'assistant' || !isError(trajectory.steps[step]!)) continue
      expect(error).toBe(true)
      if (mask !== 'none') expect(labels.slice(from, to).every(label => label === NO_LOSS)).toBe(true)
    }
  }
}

describe.each(datedGoldens)('$name, told a date', ({ name, date, ids }) => {
  it('gets the ids that transformers makes with the same date_string, by a key of the folder or in code', async () => {
    const { tokenizer } = await createFamilyFormat(name)
    const formats = [
      await createFamilyFormat(name, undefined, { date_string: date }),
      createChatFormat(tokenizer, tokenizer.chatTemplate!, new Date(`${date} UTC`)),
    ]
    for (const format of formats) {
      expect(format.render(conversations[0]!)).toContain(`Today Date: ${date}\n`)
      expect(conversations.slice(0, 3).flatMap(messages => outcomes(format, messages))).toEqual(ids)
    }
  })
})

describe.each(FAMILIES)('%s', family => {
  it('gets the ids that transformers makes, id for id', async () => {
    const format = await createFamilyFormat(family)
    const { ids, hashes } = goldens.find(({ name }) => name === family)!
    for (const { messages, index } of harmless(format)) {
      const found = outcomes(format, messages)
      const at = 2 * index
      if (at < ids.length) expect(found).toEqual(ids.slice(at, at + 2))
      else expect(found.map(digest)).toEqual(hashes.slice(at - ids.length, at - ids.length + 2))
    }
  })

  const file = join(tokenizers, family, 'tokenizer.json')
  it.skipIf(!tokenizers || !existsSync(file))(
    'gets them with its real tokenizer (MISSTEP_TEST_TOKENIZERS) too',
    async () => {
      const format = await createFamilyFormat(family, file)
      const { hashes } = realGoldens.find(({ name }) => name === family)!
      for (const { messages, index } of harmless(format)) {
        expect(outcomes(format, messages).map(digest)).toEqual(hashes.slice(2 * index, 2 * index + 2))
      }
    },
  )

  it('trains just the turns that carry loss and their stop tokens, in ids that are those of the whole render', async () => {
    const format = await createFamilyFormat(family)
    fc.assert(
      fc.property(anyTrajectory, fc.constantFrom(...MASK_POLICIES), (trajectory, mask) => {
        checkRows(format, trajectory, mask, REWRITING.includes(family) && trajectory.steps.length > 1)
      }),
      { numRuns: 15 },
    )
  })

  it('is rendered from outlines just as by the interpreter', async () => {
    const { specialTokens, namedTokens: names } = (await createFamilyFormat(family)).tokenizer
    const fast = createJinjaTemplate(templateOf(family), { names, specialTokens })
    // A character that outlines need for themselves leaves everything to the interpreter.
    const slow = createJinjaTemplate(`${templateOf(family)}{# \uE000 #}`, { names, specialTokens })
    const attempt = <T>(work: () => T) => {
      try {
        return work()
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    for (const messages of conversations) {
      for (const prompt of [false, true]) {
        expect(attempt(() => fast.render(messages, prompt))).toEqual(attempt(() => slow.render(messages, prompt)))
      }
      expect(attempt(() => fast.turns(messages))).toEqual(attempt(() => slow.turns(messages)))
    }
  })

  it('is encoded piece by piece, and part by part, as in one go', async () => {
    const { tokenizer } = await createFamilyFormat(family)
    const library = new Library(buildTokenizer(family), {})
    // The library takes other characters for white space and digits than the original that the goldens are of.
    const isExact = !['smollm-2', 'chatml'].includes(family)
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), parts => {
        const text = parts.join('')
        const ids = tokenizer.encode(text)
        if (isExact) expect(ids).toEqual(text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids)
        const cut = tokenizer.encodeParts(parts)
        if (cut) expect(cut.flat()).toEqual(ids)
        expect(tokenizer.encodeParts([text])?.flat()).toEqual(ids)
      }),
      { numRuns: 40 },
    )
  })
})
