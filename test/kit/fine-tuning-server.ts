/**
 * A provider of fine-tuning on loopback: speaks the protocol, keeps files and jobs, and fails as it is told to.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TuningJob {
  id: string
  model: string
  training_file: string
  status: string
  metadata: Record<string, string>
  fine_tuned_model: string | null
  [field: string]: unknown
}

/** What happens to a request: before the work (`refuse`), after it but before the answer (`lose`), or nothing. */
export interface Mishap {
  at: string
  how: 'refuse' | 'lose' | 'reset'
  status?: number
  headers?: Record<string, string>
  body?: object
}

export interface TuningServer {
  url: string
  files: { id: string; filename: string; bytes: number; text: string }[]
  jobs: TuningJob[]
  /** Method and path of each request. */
  requests: string[]
  /** Taken in turn, each by the first request that it is for. */
  mishaps: Mishap[]
  /** The statuses that a job goes through, one a question. */
  course: string[]
  events: object[] | undefined
  close(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1; it wants `key`. */
export async function startTuningServer(key: string): Promise<TuningServer> {
  const state: Omit<TuningServer, 'url' | 'close'> = {
    files: [],
    jobs: [],
    requests: [],
    mishaps: [],
    course: ['validating_files', 'queued', 'running', 'succeeded'],
    events: [],
  }
  const asked = new Map<string, number>()

  const work = (method: string, path: string, body: Buffer): [number, object] => {
    if (method === 'GET' && path === '/files') return [200, { data: state.files.map(({ text: _, ...file }) => file) }]
    if (method === 'POST' && path === '/files') {
      const text = body.toString('utf8')
      const content = text.split('\r\n\r\n')[2]!.split('\r\n--')[0]!
      const file = {
        id: `file-${state.files.length + 1}`,
        filename: /filename="([^"]+)"/.exec(text)![1]!,
        bytes: Buffer.byteLength(content),
        text: content,
      }
      state.files.push(file)
      return [200, file]
    }
    if (method === 'GET' && path === '/fine_tuning/jobs') return [200, { data: state.jobs, has_more: false }]
    if (method === 'POST' && path === '/fine_tuning/jobs') {
      const wanted = JSON.parse(body.toString('utf8')) as TuningJob
      const job = {
        ...wanted,
        id: `ftjob-${state.jobs.length + 1}`,
        status: 'validating_files',
        fine_tuned_model: null,
      }
      state.jobs.push(job)
      return [200, job]
    }
    const [, id, rest] = /^\/fine_tuning\/jobs\/([^/]+)(\/events)?$/.exec(path) ?? []
    const job = state.jobs.find(one => one.id === id)
    if (!job) return [404, { error: { message: 'No such job', code: 'not_found' } }]
    if (rest) return state.events ? [200, { data: state.events }] : [404, { error: { message: 'no events here' } }]
    const count = asked.get(job.id) ?? 0
    asked.set(job.id, count + 1)
    job.status = state.course[Math.min(count, state.course.length - 1)]!
    if (job.status === 'succeeded')
      Object.assign(job, { fine_tuned_model: `ft:${job.model}:misstep`, trained_tokens: 1234 })
    if (job.status === 'failed') Object.assign(job, { error: { message: 'line 3 has no assistant message' } })
    return [200, job]
  }

  const answer = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = new URL(request.url!, 'http://x').pathname.replace(/^\/v1/, '')
    const call = `${request.method} ${path}`
    state.requests.push(call)
    if (request.headers.authorization !== `Bearer ${key}`) {
      const message = `Incorrect API key provided: ${request.headers.authorization?.slice(7)}`
      return answer(response, 401, { error: { message, code: 'invalid_api_key' } })
    }
    const at = state.mishaps.findIndex(mishap => mishap.at === call)
    const [mishap] = at < 0 ? [] : state.mishaps.splice(at, 1)
    const { how, status = 500, body = { error: { message: 'The server had an error' } }, headers } = mishap ?? {}
    if (how === 'refuse') return answer(response, status, body, headers)
    const result = work(request.method!, path, Buffer.concat(chunks))
    if (how === 'reset') return request.socket.destroy()
    if (how === 'lose') return answer(response, status, body, headers)
    answer(response, ...result)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}
