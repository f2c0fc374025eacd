import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeBlock, safeText } from './safe-text.ts'

describe('safeText', () => {
  it('shows an escape sequence in place of sending it', () => {
    expect(safeText('\u001b[31mred\u001b[0m \u009b2J \u0007')).toBe('␛[31mred␛[0m \uFFFD2J ␇')
  })

  it('keeps line breaks and tabs, and text of any script', () => {
    const text = 'two\nlines\tÄ 動作 \u{1F300}'
    expect(safeText(text)).toBe(text)
  })

  it('lets no line be overwritten by a carriage return', () => {
    expect(safeText('safe\rEVIL')).toBe('safe␍EVIL')
    expect(safeText('one\r\ntwo')).toBe('one\ntwo')
  })

  it('marks what turns the writing direction', () => {
    expect(safeText('a\u202Eb\u2066c')).toBe('a\uFFFDb\uFFFDc')
  })

  it('leaves no control character but line break and tab, whatever the text', () => {
    const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units))
    fc.assert(fc.property(anyText, text => !/[^\P{Cc}\n\t]|\p{Bidi_Control}/u.test(safeText(text))))
  })
})

describe('safeBlock', () => {
  it('indents the lines after the first', () => {
    expect(safeBlock('one\ntwo', 2)).toBe('one\n  two')
  })
})
