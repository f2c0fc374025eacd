import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compiledSource } from '../../test/compiled-sources.ts'
import { openJsonl, readJsonl, readJsonlAt, readJsonlFile, readJsonlLines, writeJsonl } from './jsonl.ts'

const schema = z.object({ text: z.string() })
let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'misstep-')), 'deep', 'lines.jsonl')
})

function write(...items: unknown[]): void {
  const file = openJsonl(path)
  file.append(...items)
  file.close()
}

describe('openJsonl', () => {
  it('gives back what was appended, whatever it is', async () => {
    const item = z.object({ value: z.unknown() })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.jsonValue())), async batches => {
        writeJsonl(path, [])
        for (const batch of batches) write(...batch.map(value => ({ value })))
        // JSON itself has no -0.
        const values = JSON.parse(JSON.stringify(batches.flat()))
        expect((await readJsonlFile(path, item)).map(line => line.value)).toEqual(values)
      }),
      { numRuns: 50 },
    )
  })

  it('cuts off a torn last line, wherever it was torn, and loses no other', async () => {
    write({ text: 'one' }, { text: 'zwei ö' })
    const whole = readFileSync(path)
    const torn = Buffer.from(`${JSON.stringify({ text: 'drei ü' })}\n`)
    for (let length = 1; length < torn.length; length++) {
      writeFileSync(path, Buffer.concat([whole, torn.subarray(0, length)]))
      const file = openJsonl(path)
      expect(file.cut).toBe(length)
      file.append({ text: 'again' })
      file.close()
      expect((await readJsonlFile(path, schema)).map(item => item.text)).toEqual(['one', 'zwei ö', 'again'])
    }
  })

  it('finds the end of the last whole line behind a torn one that is longer than its buffer', () => {
    write({ text: 'one' })
    appendFileSync(path, 'x'.repeat(200_000))
    const file = openJsonl(path)
    file.close()
    expect(file.cut).toBe(200_000)
    expect(readFileSync(path, 'utf8')).toBe('{"text":"one"}\n')
  })

  it.skipIf(!existsSync('/dev/full'))('says so when the disk is full', () => {
    const full = join(mkdtempSync(join(tmpdir(), 'misstep-')), 'full.jsonl')
    symlinkSync('/dev/full', full)
    const file = openJsonl(full)
    expect(() => file.append({ text: 'one' })).toThrow(
      /ENOSPC.*full\.jsonl.*\n.*disk is full.*everything written so far/,
    )
    file.close()
  })

  it.skipIf(process.platform === 'win32')('is as before when only a part of a write fits', async () => {
    // A limit on the size of files is met the way a full disk is: a part of the write is taken, then none.
    const script = `
      import { openJsonl } from ${JSON.stringify(compiledSource('store/jsonl.ts'))}
      process.on('SIGXFSZ', () => {})
      const file = openJsonl(${JSON.stringify(path)})
      file.append({ text: 'one' })
      try { file.append({ text: 'x'.repeat(5000) }) } catch (error) { process.stdout.write(error.code + ' ' + error.message) }`
    const command = `ulimit -f 2; exec ${process.execPath} --input-type=module -`
    const child = spawnSync('sh', ['-c', command], { input: script, encoding: 'utf8' })
    expect(child.stdout, child.stderr).toMatch(/^store Cannot write the file \(EFBIG\)/)
    expect(readFileSync(path, 'utf8')).toBe('{"text":"one"}\n')
  })
})

describe('readJsonl', () => {
  it('names file and line of what is not JSON, and of what is not what the schema wants', async () => {
    write({ text: 'one' }, { text: 'two' })
    appendFileSync(path, '{"text": oh}\n')
    await expect(readJsonlFile(path, schema)).rejects.toThrow(`${path}:3 is not JSON`)
    writeFileSync(path, '{"text":"one"}\n\n{"text":7}\n')
    await expect(readJsonlFile(path, schema)).rejects.toThrow(`${path}:3 is not what it should be`)
  })

  it('tells a line that is cut off from one that is wrong, and takes a last line without its end when it is whole', async () => {
    writeFileSync(path.replace('/deep', ''), '{"text":"one"}\n{"text":"tw')
    await expect(readJsonlFile(path.replace('/deep', ''), schema)).rejects.toThrow(':2 is cut off in the middle')
    writeFileSync(path.replace('/deep', ''), '{"text":"one"}\n{"text":"two"}')
    expect(await readJsonlFile(path.replace('/deep', ''), schema)).toHaveLength(2)
  })

  it('says which file is missing', async () => {
    await expect(readJsonlFile(path, schema)).rejects.toMatchObject({ code: 'store', value: path })
  })

  it('joins letters and lines that lie across two reads', async () => {
    const texts = ['ö'.repeat(300_001), 'short', 'ü'.repeat(300_000)]
    write(...texts.map(text => ({ text })))
    const found: string[] = []
    for await (const item of readJsonl(path, schema)) found.push(item.text)
    expect(found).toEqual(texts)
  })

  it('finds each line again by its place, whatever stands before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.boolean(), async (texts, isWhole) => {
        const lines = texts.map(text => JSON.stringify({ text })).join('\n\n')
        writeJsonl(path, [])
        // Bytes that are no UTF-8 must not shift what follows.
        writeFileSync(path, Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}\n')]))
        appendFileSync(path, isWhole ? `${lines}\n` : lines)
        let count = 0
        for await (const { item, place } of readJsonlLines(path, schema)) {
          expect(readJsonlAt(path, place, schema)).toEqual(item)
          count++
        }
        expect(count).toBe(texts.length + 1)
      }),
      { numRuns: 50 },
    )
  })
})
