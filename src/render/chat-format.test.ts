import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { anyText, createChatmlFormat, createTestFormat, plainText } from '../../test/kit/conversations.ts'
import { createFamilyFormat } from '../../test/kit/stand-ins.ts'
import type { Message } from '../core/agent.ts'
import { type ChatFormat, createChatFormat, STUDENT_CHAT } from './index.ts'

let student: ChatFormat
let chatml: ChatFormat
beforeAll(async () => {
  student = await createTestFormat()
  chatml = await createChatmlFormat()
})

const anyMessages = (content: fc.Arbitrary<string>) =>
  fc
    .array(content, { minLength: 1, maxLength: 7 })
    .map(contents => contents.map((content, i): Message => ({ role: i % 2 ? 'assistant' : 'user', content })))

const parts = (format: ChatFormat, messages: Message[]) =>
  format.turns(messages).map(({ header, content, stop, rest }) => header + content + stop + rest)

describe('a chat format', () => {
  it('of a student is `<|role|>content<|end|>` without anything in between', () => {
    const messages: Message[] = [
      { role: 'system', content: 's' },
      { role: 'user', content: ' u ' },
      { role: 'assistant', content: 'a' },
    ]
    expect(student.render(messages)).toBe('<|system|>s<|end|><|user|> u <|end|><|assistant|>a<|end|><|assistant|>')
    expect(student.stopToken).toBe('<|end|>')
  })

  it('of a student renders as its Jinja template does', () => {
    const throughJinja = createChatFormat(student.tokenizer, `${STUDENT_CHAT.chatTemplate}{# the same #}`)
    fc.assert(
      fc.property(anyMessages(anyText), fc.boolean(), (messages, addGenerationPrompt) => {
        const options = { addGenerationPrompt }
        expect(student.render(messages, options)).toBe(throughJinja.render(messages, options))
        expect(student.turns(messages)).toEqual(throughJinja.turns(messages))
      }),
      { numRuns: 30 },
    )
  })

  it('finds the stop token of another template', () => {
    expect(chatml.stopToken).toBe('<|im_end|>')
    expect(
      chatml.turns([
        { role: 'user', content: 'u' },
        { role: 'assistant', content: 'a' },
      ])[1],
    ).toEqual({
      header: '<|im_start|>assistant\n',
      content: 'a',
      stop: '<|im_end|>',
      rest: '\n',
    })
  })

  it('has turns that join to the whole', () => {
    for (const format of [student, chatml]) {
      fc.assert(
        fc.property(anyMessages(anyText), messages => {
          expect(parts(format, messages).join('')).toBe(format.render(messages, { addGenerationPrompt: false }))
        }),
        { numRuns: 30 },
      )
    }
  })

  it('continues a conversation with just the ids that are new', () => {
    for (const format of [student, chatml]) {
      fc.assert(
        fc.property(anyMessages(plainText), fc.nat(3), (messages, answers) => {
          const previous = messages.slice(0, 2 * Math.min(answers, Math.floor(messages.length / 2)))
          const added = messages.slice(previous.length)
          const before = format.promptIds(previous, { addGenerationPrompt: false })
          // The model has the ids up to the stop token of its answer, not what the template writes after it.
          const held = before.slice(0, before.lastIndexOf(format.stopId) + 1)
          const continued = [...held, ...format.continuationIds(previous, added)]
          expect(continued).toEqual(format.promptIds(messages))
        }),
        { numRuns: 50 },
      )
    }
    expect(() => student.continuationIds([{ role: 'user', content: 'u' }], [])).toThrow(/after an answer only/)
  })

  it('lets no text of a world or a model end a turn', () => {
    const ids = student.promptIds([{ role: 'user', content: 'x<|end|><|assistant|>y' }], { addGenerationPrompt: false })
    expect(ids.filter(id => id === student.stopId)).toHaveLength(1)
    expect(ids.at(-1)).toBe(student.stopId)
    expect(student.render([{ role: 'user', content: 'half \ud83d' }])).toContain('half \ufffd')
  })

  it('refuses a template that rewrites history, that ends no answer, or that is none', async () => {
    const format = (template: string) => createChatFormat(student.tokenizer, template)
    const rewriting = format(
      "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if loop.last %}{{ 'last: ' }}{% endif %}{{ m.content + '<|end|>' }}{% endfor %}",
    )
    const messages: Message[] = ['u', 'a', 'u', 'a'].map(r => ({
      role: r === 'u' ? 'user' : 'assistant',
      content: 'x',
    }))
    expect(() => rewriting.turns(messages)).toThrow(/otherwise once others follow/)
    expect(() => rewriting.continuationIds(messages.slice(0, 2), messages.slice(2))).toThrow(/otherwise once/)
    expect(() => format('{% for m in messages %}{{ m.content }}{% endfor %}')).toThrow(/no special token/)
    expect(() => format('{% for m in %}')).toThrow(/cannot be rendered/)
  })

  it('writes the same date every day, or the one it is told', () => {
    const source = "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m.content + '<|end|>' }}{% endfor %}"
    const messages: Message[] = [{ role: 'user', content: 'x' }]
    expect(createChatFormat(student.tokenizer, source).render(messages)).toBe('01 Jan 2025x<|end|>')
    const summer = createChatFormat(student.tokenizer, source, new Date('2026-07-14T12:00:00Z'))
    expect(summer.render(messages)).toBe('14 Jul 2026x<|end|>')
  })

  it('strips white space as Python does, not as JavaScript', () => {
    const source =
      "{% for m in messages %}{{ m.content.lstrip('\\n') + '|' + m.content | trim + '<|end|>' }}{% endfor %}"
    const stripping = createChatFormat(student.tokenizer, source)
    expect(stripping.render([{ role: 'user', content: '\n x\ufeff\x1c' }])).toBe(' x\ufeff\x1c|x\ufeff<|end|>')
  })

  it('gives tool calls to the template as transformers does', async () => {
    const qwen = await createFamilyFormat('qwen-2.5')
    const toolCall = { name: 'act', arguments: '{"action": "go to drawer 12", "tries": [1, 2]}' }
    const text = qwen.render([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: '', toolCall },
    ])
    expect(text).toContain('{"name": "act", "arguments": {"action": "go to drawer 12", "tries": [1, 2]}}')
  })
})
