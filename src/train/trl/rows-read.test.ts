import { describe, expect, it } from 'vitest'
import { refuseOtherRows } from './rows-read.ts'

describe('what TRL tells of the rows that it reads', () => {
  const written = { tokens: 812, trained: 100 }

  it('may be packed into fewer, but not cut or masked otherwise', () => {
    expect(() => refuseOtherRows({ rows: 1, tokens: 812, trained: 100 }, written)).not.toThrow()
    for (const read of [
      { rows: 4, tokens: 800, trained: 100 },
      { rows: 4, tokens: 812, trained: 812 },
      { rows: 4, tokens: 812, trained: 0 },
    ]) {
      expect(() => refuseOtherRows(read, written)).toThrow(/rows that have 812 with 100.*trl\.config/s)
    }
  })

  it('is not mixed up with what it tells of steps', () => {
    expect(() => refuseOtherRows({ step: 1, loss: 2, tokens: 4, trainedTokens: 2 }, written)).not.toThrow()
  })
})
