import { describe, expect, it } from 'vitest'
import { byCodePoint, strip } from './python-text.ts'

describe('strip', () => {
  it("takes off what Python counts as space, and not JavaScript's byte order mark", () => {
    expect(['\t a \n', '\x1ca\x1f', '\u0085a\u00a0', '\u3000a\u2028'].map(strip)).toEqual(['a', 'a', 'a', 'a'])
    expect(['\ufeffa', '\u180ea', '', '   ', 'a b'].map(strip)).toEqual(['\ufeffa', '\u180ea', '', '', 'a b'])
  })

  it('takes time in proportion to a text of blanks', () => {
    expect(strip(`a${' '.repeat(1_000_000)}b`)).toHaveLength(1_000_002)
    expect(strip(`${' '.repeat(1_000_000)}a${' '.repeat(1_000_000)}`)).toBe('a')
  })
})

describe('byCodePoint', () => {
  it('puts signs beyond the basic plane last, where JavaScript puts them before some others', () => {
    expect(['\uff5e', '😀', 'a', 'ab', ''].sort(byCodePoint)).toEqual(['', 'a', 'ab', '\uff5e', '😀'])
  })
})
