import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml, fileLink, html } from './markup.ts'

describe('html', () => {
  it('escapes what is put in, and leaves its own markup alone', () => {
    const inner = html`<b>${'<script>alert("1")</script>'}</b>`
    const text = html`<p title="${'" onclick="x'}">${[inner, ' & ', false, undefined, 3]}</p>`.text
    expect(text).toBe(
      '<p title="&#34; onclick=&#34;x"><b>&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;</b> &#38; 3</p>',
    )
  })

  it('lets no text open a tag, an attribute or an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'`&#;/= ax0\u0000\ud83d\u2028') }), text => {
        expect(escapeHtml(text).replace(/&#\d+;/g, '')).not.toMatch(/[<>"'`&]/)
      }),
    )
  })

  it('shows control characters and broken surrogates instead of writing them', () => {
    expect(escapeHtml('\u001b[31m\u0000\ud800\n')).toBe('\u241b[31m\u2400\ufffd\n')
  })
})

describe('fileLink', () => {
  it('stays a relative path whatever the file is called', () => {
    expect(fileLink('javascript:alert(1)').text).toContain('href="./javascript%3Aalert(1)"')
    expect(fileLink('//evil.example/x').text).toContain('href=".///evil.example/x"')
    expect(fileLink('../run 2/scores/step.unseen.jsonl').text).toContain('href="./../run%202/scores/step.unseen.jsonl"')
  })
})
