import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../src/checkpoint/index.ts'
import { serveCheckpoint } from '../src/pipeline/serve-checkpoint.ts'
import { serveSchema } from '../src/pipeline/serve-schema.ts'
import { compiledSource } from './compiled-sources.ts'

const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-serve-'))
const script = join(folder, 'server.mjs')
afterAll(() => rmSync(folder, { recursive: true }))

/** A server of the protocol, in a process of its own: it answers with what it was started with. */
writeFileSync(
  script,
  `import { createServer } from 'node:http'
const [port, ...words] = process.argv.slice(2)
createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  const { model } = JSON.parse(text || '{}')
  const content = JSON.stringify({ model, words, pid: process.pid })
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }))
}).listen(Number(port), '127.0.0.1')
console.log('listens')`,
)

const serve = serveSchema.parse({
  command: ['{python}', script, '{port}', '{checkpoint}', '{name}'],
  model: 'test/{name}',
  readySeconds: 30,
})
const options = { serve, folder: student, python: process.execPath, log: join(folder, 'serve.log') }
const request = {
  messages: [{ role: 'user' as const, content: 'hello' }],
  conversation: 'a',
  maxTokens: 5,
  temperature: 0,
  seed: '',
}
const isAlive = (pid: number) =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout)

describe("a checkpoint behind the user's server", () => {
  it('answers as itself, as long as it is open', async () => {
    const model = await serveCheckpoint(options)
    const { text } = await model.complete(request)
    const { pid, ...told } = JSON.parse(text)
    expect(told).toEqual({ model: 'test/household-base', words: [join(process.cwd(), student), 'household-base'] })
    const checkpoint = await openCheckpoint(student)
    expect(model).toMatchObject({ contextLength: 2048, checkpoint: await checkpoint.sha256() })
    await checkpoint.close()
    expect(isAlive(pid)).toBe(true)
    await model.close()
    expect(isAlive(pid)).toBe(false)
    expect(readFileSync(options.log, 'utf8')).toContain('listens')
  })

  it.each([
    ['ends at once', [process.execPath, '-e', 'process.exit(3)'], /has ended \(exit code 3\)/],
    ['does not exist', ['/no/such/server'], /has ended \(exit code 127\)/],
  ])('is an error that names its log where the server %s', async (_, command, what) => {
    const failing = serveCheckpoint({ ...options, serve: { ...serve, command } })
    await expect(failing).rejects.toMatchObject({ code: 'model', message: expect.stringMatching(what) })
    await expect(failing).rejects.toThrow(/serve\.log/)
  })

  it('is not waited for for ever', async () => {
    const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
    const never = serveCheckpoint({ ...options, serve: { ...serve, command, readySeconds: 0.5 } })
    await expect(never).rejects.toThrow(/does not answer after 0.5 s/)
  })

  it('does not outlive us, even if we are killed', async () => {
    const code = `
      const { serveCheckpoint } = await import(${JSON.stringify(compiledSource('pipeline/serve-checkpoint.ts'))})
      const [options, request] = process.argv.slice(1).map(text => JSON.parse(text))
      const model = await serveCheckpoint(options)
      console.log(JSON.parse((await model.complete(request)).text).pid)
      await new Promise(() => setInterval(() => {}, 1000))`
    const inputs = [options, request].map(value => JSON.stringify(value))
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, ...inputs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let pid = 0
    for await (const line of createInterface({ input: parent.stdout })) {
      pid = Number(line)
      expect(isAlive(pid)).toBe(true)
      parent.kill('SIGKILL')
    }
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })
})
