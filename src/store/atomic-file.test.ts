import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkWritable } from './atomic-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-atomic-'))

describe('finding out whether a file can be written', () => {
  it('leaves nothing there, and what is there as it is', () => {
    checkWritable(join(folder, 'new/file.jsonl'))
    expect(readdirSync(join(folder, 'new'))).toEqual([])
    writeFileSync(join(folder, 'old'), 'old')
    checkWritable(join(folder, 'old'))
    expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old')
  })

  it('says why it cannot be', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => checkWritable(join(file, 'within'))).toThrow(/Cannot write the file \((ENOTDIR|EEXIST)\)/)
    expect(() => checkWritable(folder)).toThrow(/EISDIR.*\n.*a folder where a file is needed/)
    expect(existsSync(`${folder}.tmp`)).toBe(false)
  })
})
