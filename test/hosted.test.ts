import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fineTune, type HostedEvent, type HostedOptions } from '../src/train/index.ts'
import { startTuningServer, type TuningServer } from './kit/fine-tuning-server.ts'

const KEY = 'a-key-that-nobody-must-see'
const VARIABLE = 'MISSTEP_TEST_TUNING_KEY'

describe('fine-tuning at a provider', () => {
  let folder: string
  let server: TuningServer
  let options: HostedOptions

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'misstep-hosted-'))
    server = await startTuningServer(KEY)
    process.env[VARIABLE] = KEY
    const file = join(folder, 'train.jsonl')
    writeFileSync(file, '{"messages":[]}\n')
    options = {
      url: server.url,
      key: VARIABLE,
      model: 'base-model',
      file,
      state: join(folder, 'job.json'),
      hyperparameters: { n_epochs: 2 },
      pollSeconds: 0.01,
      patienceSeconds: 5,
    }
  })
  afterEach(async () => {
    delete process.env[VARIABLE]
    await server.close()
  })

  const follow = async (more: Partial<HostedOptions> = {}, until: (event: HostedEvent) => boolean = () => false) => {
    const events: HostedEvent[] = []
    const job = fineTune({ ...options, ...more }, { firstWait: 5 })
    for (;;) {
      const { done, value } = await job.next()
      if (done) return { events, result: value }
      events.push(value)
      if (until(value)) {
        await job.return({ model: '', job: '' })
        return { events, result: undefined }
      }
    }
  }

  it('uploads the rows, starts the job, waits for it and returns the name of the model', async () => {
    server.events = [
      { id: 'e2', data: { step: 2, total_steps: 2, train_loss: 0.5 } },
      { id: 'e1', data: { step: 1, total_steps: 2, train_loss: 1.5 } },
      { id: 'e0', message: 'Created', data: null },
    ]
    const { events, result } = await follow()
    expect(result).toEqual({ model: 'ft:base-model:misstep', job: 'ftjob-1', trainedTokens: 1234 })
    expect(events.flatMap(event => (event.kind === 'status' ? [event.status] : []))).toEqual(server.course)
    expect(events.filter(event => event.kind === 'step')).toEqual([
      { kind: 'step', step: 1, steps: 2, loss: 1.5 },
      { kind: 'step', step: 2, steps: 2, loss: 0.5 },
    ])
    expect(server.files[0]!.text).toBe(readFileSync(options.file, 'utf8'))
    expect(server.jobs[0]).toMatchObject({
      model: 'base-model',
      training_file: 'file-1',
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 2 } } },
    })
  })

  it('goes on after a crash at any moment, and uploads and starts nothing twice', async () => {
    const kinds = ['uploaded', 'started', 'status'] as const
    for (const kind of kinds) await follow({}, event => event.kind === kind)
    expect((await follow()).result?.model).toBe('ft:base-model:misstep')
    expect([server.files.length, server.jobs.length]).toEqual([1, 1])
  })

  it('finds its file and its job again where the crash came before they were noted', async () => {
    await follow({}, event => event.kind === 'started')
    const { result } = await follow({ state: join(folder, 'lost-and-begun-anew.json') })
    expect(result?.job).toBe('ftjob-1')
    expect([server.files.length, server.jobs.length]).toEqual([1, 1])
  })

  it('starts one job only where the answer to its start is lost', async () => {
    for (const how of ['lose', 'reset'] as const) {
      server.mishaps.push({ at: 'POST /files', how }, { at: 'POST /fine_tuning/jobs', how })
    }
    expect((await follow()).result?.job).toBe('ftjob-1')
    expect([server.files.length, server.jobs.length]).toEqual([1, 1])
  })

  it('waits where the provider is busy or away for a while', async () => {
    server.mishaps.push(
      { at: 'POST /fine_tuning/jobs', how: 'refuse', status: 429, headers: { 'retry-after': '0.05' } },
      { at: 'POST /fine_tuning/jobs', how: 'refuse', status: 503 },
      { at: 'GET /fine_tuning/jobs/ftjob-1', how: 'refuse', status: 502 },
      { at: 'GET /fine_tuning/jobs/ftjob-1', how: 'reset' },
    )
    expect((await follow()).result?.model).toBe('ft:base-model:misstep')
    expect(server.jobs.length).toBe(1)
  })

  it('does without a list of events', async () => {
    server.events = undefined
    expect((await follow()).result?.model).toBe('ft:base-model:misstep')
  })

  it('says why a job failed', async () => {
    server.course = ['validating_files', 'failed']
    await expect(follow()).rejects.toThrow(/failed.*line 3 has no assistant message/s)
  })

  it('does not insist where the account is empty', async () => {
    const body = { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }
    server.mishaps.push({ at: 'POST /fine_tuning/jobs', how: 'refuse', status: 429, body })
    await expect(follow()).rejects.toThrow(/no more money/)
    expect(server.requests.filter(call => call === 'POST /fine_tuning/jobs').length).toBe(1)
  })

  it('gives up after its patience, and says that the job goes on', async () => {
    const { patienceSeconds: _, ...rest } = options
    server.mishaps.push(
      ...Array.from({ length: 99 }, () => ({ at: 'GET /files', how: 'refuse' as const, status: 500 })),
    )
    await expect(follow({ ...rest, patienceSeconds: 0.1 })).rejects.toThrow(/does not answer as it should/)
  })

  it('stops waiting when it is told to; the job is left to go on', async () => {
    server.course = ['running']
    const controller = new AbortController()
    const waiting = async () => {
      for await (const event of fineTune(options, { signal: controller.signal })) {
        if (event.kind === 'status') controller.abort()
      }
    }
    await expect(waiting()).rejects.toMatchObject({ code: 'interrupted' })
    expect(server.requests.some(call => call.endsWith('/cancel'))).toBe(false)
  })

  it('tells of each request that is sent again, and why', async () => {
    server.mishaps.push(
      { at: 'POST /fine_tuning/jobs', how: 'refuse', status: 503, body: { error: { message: `${KEY} is busy` } } },
      { at: 'GET /fine_tuning/jobs/ftjob-1', how: 'reset' },
    )
    const causes: string[] = []
    const job = fineTune(options, { firstWait: 5, onRetry: ({ cause }) => causes.push(cause) })
    for await (const _ of job);
    expect(causes).toEqual([
      expect.stringMatching(/503.*\*\*\* is busy/),
      expect.stringMatching(/socket|closed|reset/i),
    ])
  })

  it.each([
    ['GET /files', /no upload and no job are known/],
    ['POST /fine_tuning/jobs', /the rows are uploaded; no job is known/],
    ['GET /fine_tuning/jobs/ftjob-1', /the job goes on there/],
  ])('says what is known to go on when it is stopped at %s', async (at, message) => {
    server.mishaps.push({ at, how: 'refuse', status: 503 })
    const controller = new AbortController()
    const waiting = async () => {
      const job = fineTune(options, { signal: controller.signal, firstWait: 1000, onRetry: () => controller.abort() })
      for await (const _ of job);
    }
    await expect(waiting()).rejects.toMatchObject({ code: 'interrupted', message: expect.stringMatching(message) })
  })

  it('keeps the key out of errors and files', async () => {
    await follow()
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain(KEY)
    process.env[VARIABLE] = 'sk-another-key-that-is-wrong'
    const error = await follow({ state: join(folder, 'other.json') }).catch(error => error as Error)
    expect(String((error as Error).message)).toContain('Incorrect API key provided: ***')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('another-key')
  })

  it('refuses to send a key over plain HTTP, and to begin without one', async () => {
    await expect(follow({ url: 'http://example.com/v1' })).rejects.toThrow(/https/)
    delete process.env[VARIABLE]
    await expect(follow()).rejects.toThrow(VARIABLE)
  })

  it('does not take up the state of another job', async () => {
    await follow()
    await expect(follow({ model: 'another-model' })).rejects.toThrow(/belongs to another job/)
  })
})
