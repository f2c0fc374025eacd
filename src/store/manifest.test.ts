import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomically } from './atomic-file.ts'
import { hashFolder, hashValue } from './hash.ts'
import { type Manifest, outputsAreWhole, readManifest, recordOutputs, writeManifest } from './manifest.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'misstep-'))
  path = join(folder, 'manifest.json')
})
const manifest: Manifest = { format: 1, name: 'mine', recipe: { seed: 1 }, versions: {}, stages: {} }

describe('a manifest', () => {
  it('comes back as it was written, and is absent before', () => {
    expect(readManifest(path)).toBeUndefined()
    writeManifest(path, manifest)
    expect(readManifest(path)).toEqual(manifest)
    expect(readdirSync(folder)).toEqual(['manifest.json'])
  })

  it.each(['', '{"format":1', '{"format":2,"name":"mine"}', 'null'])('is refused when it is damaged: %j', content => {
    writeFileSync(path, content)
    expect(() => readManifest(path)).toThrow(/The manifest is damaged.*manifest\.json/)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it('stays as it was when a new one cannot be written', () => {
    writeManifest(path, manifest)
    mkdirSync(`${path}.tmp`)
    expect(() => writeManifest(path, { ...manifest, name: 'other' })).toThrow(/Cannot write the file \(EISDIR\)/)
    expect(readManifest(path)).toEqual(manifest)
  })

  it.skipIf(process.platform !== 'linux')('stays as it was when the disk is full', () => {
    writeManifest(path, manifest)
    symlinkSync('/dev/full', `${path}.tmp`)
    expect(() => writeManifest(path, { ...manifest, name: 'other' })).toThrow(/ENOSPC.*\n.*disk is full/)
    expect(readManifest(path)).toEqual(manifest)
  })
})

describe('the outputs of a stage', () => {
  const record = async () => ({
    state: 'complete' as const,
    inputs: {},
    counts: {},
    outputs: await recordOutputs(folder, ['lines.jsonl', 'checkpoint']),
  })
  beforeEach(() => {
    writeFileAtomically(join(folder, 'lines.jsonl'), '{}\n')
    writeFileAtomically(join(folder, 'checkpoint', 'config.json'), '{}')
    writeFileAtomically(join(folder, 'checkpoint', 'deep', 'weights'), Uint8Array.of(1, 2, 3))
  })

  it('are all files, those in folders too', async () => {
    const { outputs } = await record()
    expect(Object.keys(outputs)).toEqual(['lines.jsonl', 'checkpoint/config.json', 'checkpoint/deep/weights'])
    expect(outputs['checkpoint/deep/weights']!.bytes).toBe(3)
    expect(await outputsAreWhole(folder, await record())).toBe(true)
  })

  it('are not whole when one is gone, and refused when one was changed', async () => {
    const before = await record()
    writeFileAtomically(join(folder, 'checkpoint', 'deep', 'weights'), Uint8Array.of(1, 2, 4))
    await expect(outputsAreWhole(folder, before)).rejects.toThrow(/not what the run wrote there.*weights/)
    rmSync(join(folder, 'checkpoint', 'deep', 'weights'))
    expect(await outputsAreWhole(folder, before)).toBe(false)
  })

  it('must be there', async () => {
    await expect(recordOutputs(folder, ['absent'])).rejects.toThrow(/did not write its file.*absent/)
  })
})

describe('hashes', () => {
  it('of a value do not depend on the order of its keys, but on everything else', () => {
    expect(hashValue({ a: 1, b: { c: [1, 2], d: undefined } })).toBe(hashValue({ b: { c: [1, 2] }, a: 1 }))
    expect(hashValue({ a: [1, 2] })).not.toBe(hashValue({ a: [2, 1] }))
  })

  it('of a folder change with a name and with a content', async () => {
    writeFileAtomically(join(folder, 'a'), 'x')
    const before = await hashFolder(folder)
    writeFileAtomically(join(folder, 'a'), 'y')
    const changed = await hashFolder(folder)
    rmSync(join(folder, 'a'))
    writeFileAtomically(join(folder, 'b'), 'x')
    expect(new Set([before, changed, await hashFolder(folder)]).size).toBe(3)
  })
})
