import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFiles } from './import-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-import-files-'))
const file = join(folder, 'none.jsonl')

describe('importing files', () => {
  const wish = { from: 'eto', environment: 'households', keep: 'won', replay: true } as const

  it('begins with the place to write, so that nothing is played for nothing', async () => {
    const taken = join(folder, 'taken')
    writeFileSync(taken, '')
    const ended = importFiles([file], { ...wish, to: join(taken, 'mine.jsonl') })
    await expect(ended).rejects.toThrow(/Cannot write the file/)
    const report = importFiles([file], { ...wish, to: join(folder, 'mine.jsonl'), report: folder })
    await expect(report).rejects.toThrow(/Cannot write the file/)
  })

  it('says why recordings cannot be read', async () => {
    const ended = importFiles([file], { ...wish, to: join(folder, 'mine.jsonl') })
    await expect(ended).rejects.toThrow(/The recordings cannot be read \(ENOENT\).*\n.*no such file/)
  })
})
