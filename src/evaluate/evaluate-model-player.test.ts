import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findModel } from './evaluate-model-player.ts'

const folder = mkdtempSync(join(tmpdir(), 'misstep-player-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what a command line means by a model', () => {
  it('is an address, a file that describes an endpoint, or a folder', async () => {
    const url = 'http://127.0.0.1:9/v1'
    expect(await findModel({ model: url, name: 'mine' })).toMatchObject({ name: 'mine', endpoint: { url } })
    writeFileSync(join(folder, 'endpoint.yaml'), `url: ${url}\nmodel: mine\n`)
    expect(await findModel({ model: join(folder, 'endpoint.yaml') })).toMatchObject({ name: 'mine', address: url })
    expect(await findModel({ model: folder })).toMatchObject({ checkpoint: folder })
  })

  it('is no other file, and of GGUF it is said how to make it a folder', async () => {
    for (const name of ['x.gguf', 'README.md']) writeFileSync(join(folder, name), 'GGUF')
    await expect(findModel({ model: join(folder, 'x.gguf') })).rejects.toThrow(/misstep convert .*x\.gguf --to x$/)
    await expect(findModel({ model: join(folder, 'README.md') })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/This file is no model.*README\.md/),
    })
  })
})
