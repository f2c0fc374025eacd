import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertCheckpoint, saveCheckpoint } from './index.ts'

const student = new URL('../../students/household-base', import.meta.url).pathname

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'misstep-target-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A new folder with some files of a line each. */
async function folderWith(name: string, ...files: string[]): Promise<string> {
  await mkdir(join(root, name), { recursive: true })
  for (const file of files) await writeFile(join(root, name, file), 'mine\n')
  return join(root, name)
}

describe('a checkpoint is not written', () => {
  it('over a folder that is none, nor over a file, unless it is forced', async () => {
    const book = await folderWith('book', 'thesis.tex')
    const letter = join(book, 'thesis.tex')
    for (const to of [book, letter]) {
      await expect(convertCheckpoint({ from: student, to })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(/would be lost.*\n.*--force/),
      })
    }
    expect(await readdir(book)).toEqual(['thesis.tex'])
    expect(await readFile(letter, 'utf8')).toBe('mine\n')
    await convertCheckpoint({ from: student, to: book, force: true })
    expect(await readdir(book)).toContain('model.safetensors')
  })

  it('over what it is made from, forced or not', async () => {
    const folder = join(root, 'made')
    await convertCheckpoint({ from: student, to: folder })
    await writeFile(join(folder, 'README.md'), 'mine\n')
    const inside = join(folder, 'model.gguf')
    await convertCheckpoint({ from: folder, to: inside })
    for (const from of [folder, inside]) {
      await expect(convertCheckpoint({ from, to: join(folder, '.'), force: true })).rejects.toThrow(/written over/)
    }
    expect(await readdir(folder)).toContain('README.md')
  })

  it('as a file over a folder, or over a file of another kind', async () => {
    const folder = join(root, 'source')
    await convertCheckpoint({ from: student, to: folder })
    for (const ending of ['.gguf', '.onnx']) {
      const other = join(await folderWith('others', `a${ending}`), `a${ending}`)
      await expect(convertCheckpoint({ from: folder, to: other })).rejects.toThrow(/would be lost/)
      expect(await readFile(other, 'utf8')).toBe('mine\n')
      await convertCheckpoint({ from: folder, to: other, force: true })
      await convertCheckpoint({ from: folder, to: other })
      const place = await folderWith(`folder${ending}`, 'thesis.tex')
      await expect(convertCheckpoint({ from: folder, to: place, force: true })).rejects.toThrow(/a folder where a file/)
    }
  })

  it('over anything by a program either, and a neighbour by the name of .old stays', async () => {
    const { loadCheckpoint } = await import('./index.ts')
    const folder = join(root, 'again')
    await convertCheckpoint({ from: student, to: folder })
    const neighbour = await folderWith('again.old', 'thesis.tex')
    const { config, tensors } = await loadCheckpoint(folder)
    await saveCheckpoint(folder, { config, tensors })
    expect(await readdir(neighbour)).toEqual(['thesis.tex'])
    await expect(saveCheckpoint(neighbour, { config, tensors })).rejects.toMatchObject({ code: 'usage' })
  })
})
