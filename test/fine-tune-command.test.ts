import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTuningServer, type TuningServer } from './kit/fine-tuning-server.ts'
import { ensureBuilt, type MisstepOptions, misstep } from './misstep.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const KEY = 'a-key-that-nobody-must-see'

describe('misstep fine-tune', () => {
  let folder: string
  let server: TuningServer

  beforeAll(ensureBuilt)
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'misstep-fine-tune-'))
    server = await startTuningServer(KEY)
    const messages = [
      { role: 'user', content: 'You see a desk.' },
      { role: 'assistant', content: 'Action: look', weight: 1 },
    ]
    writeFileSync(join(folder, 'step.jsonl'), `${JSON.stringify({ messages })}\n`)
  })
  afterEach(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  const run = (args: string[] = [], options: MisstepOptions = {}) => {
    const all = ['--model', 'base', '--url', server.url, '--key', 'TUNING_KEY', '--poll', '0.05', ...args]
    return misstep(['fine-tune', 'step.jsonl', ...all], { folder, environment: { TUNING_KEY: KEY }, ...options })
  }
  const when = (isTime: () => boolean, signal: NodeJS.Signals): MisstepOptions => ({
    onStart: send => {
      const timer = setInterval(() => {
        if (!isTime()) return
        clearInterval(timer)
        send(signal)
      }, 10)
    },
  })
  /** Sends a signal as soon as the server was asked how far the job is. */
  const whenWaiting = (signal: NodeJS.Signals) =>
    when(() => server.requests.includes('GET /fine_tuning/jobs/ftjob-1'), signal)

  it("prints the new model's name alone, and tells the rest beside it", async () => {
    server.events = [{ id: 'e1', data: { step: 1, total_steps: 1, train_loss: 1.5 } }]
    const { code, stdout, stderr } = await run(['--set', 'n_epochs=2', '--set', 'batch=auto', '--suffix', 'mine'])
    expect([code, stdout]).toEqual([0, 'ft:base:misstep\n'])
    for (const word of ['file-1', 'ftjob-1', 'running', 'succeeded', 'fine-tuning: 1 steps'])
      expect(stderr).toContain(word)
    const supervised = { hyperparameters: { n_epochs: 2, batch: 'auto' } }
    expect(server.jobs[0]).toMatchObject({ model: 'base', suffix: 'mine', method: { type: 'supervised', supervised } })
  })

  it('goes on after it was killed, and uploads and starts nothing twice', async () => {
    server.course = ['running']
    expect((await run([], whenWaiting('SIGKILL'))).code).toBe(null)
    server.course = ['running', 'succeeded']
    const { code, stdout } = await run(['--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ model: 'ft:base:misstep', job: 'ftjob-1', trainedTokens: 1234 })
    expect([server.files.length, server.jobs.length]).toEqual([1, 1])
  })

  it('stops waiting on Ctrl-C with 130, and leaves the job to the provider', async () => {
    server.course = ['running']
    const { code, stdout, stderr } = await run([], whenWaiting('SIGINT'))
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toContain('The same command waits for it again')
  })

  it('sends nothing that is no row of the dialect', async () => {
    for (const text of ['# Read me\n', '{"messages":[{"role":"user","content":"Hello"}]}\n', '']) {
      writeFileSync(join(folder, 'step.jsonl'), text)
      const { code, stderr } = await run()
      expect([code, stderr]).toEqual([1, expect.stringContaining('step.jsonl')])
    }
    expect(server.requests).toEqual([])
  })

  it('tells why it waits for a provider that is away, and on Ctrl-C that nothing was begun', async () => {
    server.mishaps.push(
      ...Array.from({ length: 99 }, () => ({ at: 'GET /files', how: 'refuse' as const, status: 503 })),
    )
    const { code, stderr } = await run(
      [],
      when(() => server.requests.length > 1, 'SIGINT'),
    )
    expect(stderr).toMatch(/no answer from the provider \(.*503.*\); again in \d+ s/)
    expect(stderr).toContain('no upload and no job are known')
    expect(stderr).not.toContain('the job goes on there')
    expect(code).toBe(130)
  })

  it('says why a job failed with 1, and what is used wrongly with 2', async () => {
    server.course = ['failed']
    const failed = await run()
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('line 3 has no assistant message')
    const noKey = await run([], { environment: {} })
    expect([noKey.code, noKey.stderr]).toEqual([2, expect.stringContaining('TUNING_KEY')])
    const noFile = await misstep(['fine-tune', 'other.jsonl', '--model', 'base'], { folder })
    expect([noFile.code, noFile.stderr]).toEqual([2, expect.stringContaining('misstep export')])
    expect((await run(['--set', 'n_epochs'])).code).toBe(2)
  })

  it('shows no key, and cannot be made to write on the terminal by the provider', async () => {
    server.course = ['\u001b[2Jrunning', 'succeeded']
    const { stderr } = await run()
    expect(stderr).toContain('␛[2Jrunning')
    expect(stderr).not.toContain(KEY)
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain(KEY)
  })
})
