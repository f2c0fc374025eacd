import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectKind, kindOfFile } from './kind-of-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-kind-'))
const write = (text: string | Buffer): string => {
  const path = join(folder, 'file')
  writeFileSync(path, text)
  return path
}

describe('what a file holds', () => {
  it.each([
    ['{"input_ids":[1],"labels":[1]}\n', 'tokens'],
    ['{"id":"a","task":{},"steps":[]}\n', 'trajectories'],
    ['{"messages":[]}\n{"messages":[]}\n', 'messages'],
    ['{"conversations":[]}', 'messages'],
    [Buffer.from('PAR1\x15\x04\x00'), 'Parquet'],
    [Buffer.from([0x1f, 0x8b, 8, 0]), 'a gzip file'],
    ['[{"id":1}]', 'a JSON list'],
    ['{"arm":"step","won":true}\n', 'objects of arm, won'],
    ['{\n  "name": "a"\n}\n', 'text without a JSON object on each line'],
    ['name: quickstart\n', 'text without a JSON object on each line'],
    ['', undefined],
  ])('%j: %s', async (text, kind) => {
    expect(await kindOfFile(write(text))).toBe(kind)
  })

  it('is refused in a sentence where a command reads something else', async () => {
    const refused = expectKind(write('{"messages":[]}\n'), ['tokens'], 'lint')
    await expect(refused).rejects.toThrow(/^lint reads tokens, not messages: .*\n.*examples\//)
    await expect(refused).rejects.toMatchObject({ code: 'usage' })
    expect(await expectKind(write('{"input_ids":[]}\n'), ['trajectories', 'tokens'], 'show')).toBe('tokens')
  })

  it('is not guessed from a line that is damaged', async () => {
    await expect(kindOfFile(write('{"id":"a","ta'))).rejects.toThrow(/cut off/)
  })
})
