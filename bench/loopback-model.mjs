/**
 * A chat model on loopback that answers each request after a while, whatever it says, in a process of its own:
 * `node loopback-model.mjs <port> <milliseconds>`, forked. It tells its port, and at each message what it has used so far.
 *
 * Not by `node:http`, which takes twice the processor time: what the server takes, the client on the same cores lacks.
 * It reads no more of HTTP than where a request ends: enough for requests with a content-length, one after the other.
 */
import net from 'node:net'

const [port = 0, delay = 200] = process.argv.slice(2).map(Number)
const content = 'Thought: I look around.\nAction: look'
const body = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 300, completion_tokens: 12 },
})
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
const answer = Buffer.from(head + body)

const used = { requests: 0, bytes: 0 }
/**
 * Milliseconds that an answer may be early: timers are a millisecond late on average, and the model is to take no longer
 * than it says.
 */
const EARLY = 1

/** Answers in the order in which they are due; one timer for all of them. */
let due = []
let isWaiting = false

function send() {
  const now = performance.now() + EARLY
  const later = due.findIndex(({ at }) => at > now)
  const ready = later < 0 ? due : due.slice(0, later)
  due = later < 0 ? [] : due.slice(later)
  for (const { socket } of ready) socket.write(answer)
  isWaiting = due.length > 0
  if (isWaiting) setTimeout(send, Math.max(1, due[0].at - now))
}

const server = net.createServer({ noDelay: true }, socket => {
  let head = ''
  let missing = 0
  socket.on('error', () => {})
  socket.on('data', chunk => {
    if (missing > 0) missing -= chunk.length
    else {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: *(\d+)/i.exec(head.slice(0, end))?.[1])
      missing = length - (head.length - end - 4)
      used.bytes += length
      head = ''
    }
    if (missing > 0) return
    used.requests++
    due.push({ at: performance.now() + delay, socket })
    if (isWaiting) return
    isWaiting = true
    setTimeout(send, delay)
  })
})
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => process.send({ port: server.address().port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ ...used, processorMicroseconds: user + system })
})
process.on('disconnect', () => process.exit())
