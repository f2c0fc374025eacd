import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../core/agent.ts'
import { endpointSchema } from './endpoint.ts'
import { createRequestWriter, requestBody } from './request-body.ts'

const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
    content: fc.oneof(fc.string(), fc.constant('"messages":[]')),
    toolCall: fc.option(fc.record({ name: fc.constant('act'), arguments: fc.string() }), { nil: undefined }),
  })
  .map(({ role, content, toolCall }) => ({
    role,
    content,
    ...(role === 'assistant' && toolCall !== undefined && { toolCall }),
  }))

const anyExtra = fc.constantFrom(undefined, { top_p: 0.9 }, { seed: null }, { messages: [] }, { model: null })

describe('the body of a request', () => {
  it('is the same, byte for byte, however the conversation has grown, forked or shrunk before it', () => {
    const anyCut = fc.record({ keep: fc.nat(6), added: fc.array(anyMessage, { maxLength: 4 }) })
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), fc.array(anyCut), anyExtra, (opening, cuts, extra) => {
        const endpoint = endpointSchema.parse({ url: 'http://a', model: '"messages":[]', ...(extra && { extra }) })
        const write = createRequestWriter(endpoint)
        let messages = opening
        for (const { keep, added } of [{ keep: 6, added: [] }, ...cuts]) {
          messages = [...messages.slice(0, keep), ...added]
          const request = { messages, conversation: 'c', maxTokens: 5, temperature: 0, seed: 's', stop: ['a'] }
          const { length, text } = write(request)
          expect(text()).toBe(JSON.stringify(requestBody(endpoint, request)))
          expect(length).toBe(text().length)
        }
      }),
    )
  })
})
