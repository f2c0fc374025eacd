import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { compiledSource } from '../../test/compiled-sources.ts'
import { lockFolder } from './run-lock.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'misstep-')), 'run')
})

describe('lockFolder', () => {
  it('lets one in at a time, and the next one after it has left', () => {
    const unlock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(`Another process works in this folder: number ${process.pid}`)
    unlock()
    lockFolder(folder)()
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes over from a process that was killed', async () => {
    const script = `
      import { lockFolder } from ${JSON.stringify(compiledSource('store/run-lock.ts'))}
      lockFolder(${JSON.stringify(folder)})
      console.log('locked')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(child.stdout, 'data')
    expect(() => lockFolder(folder)).toThrow(`number ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(folder)()
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')('is not held up by another process that got the same number later', () => {
    lockFolder(folder)()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: '1', host: hostname() }))
    lockFolder(folder)()
  })

  it('cannot tell whether a process on another machine lives, so it asks', () => {
    lockFolder(folder)()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, started: '1', host: 'elsewhere' }))
    expect(() => lockFolder(folder)).toThrow(/number 1 on elsewhere.*\n.*delete the file .*lock/)
  })

  it.each(['', '{"pid":', 'null'])('takes over a lock that says nothing: %j', content => {
    lockFolder(folder)()
    writeFileSync(join(folder, 'lock'), content)
    lockFolder(folder)()
  })
})
