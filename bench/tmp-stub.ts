import { createChatAgent } from '../src/agents/index.ts'
import { createHouseholds } from '../src/environments/households/environment.ts'
import { play } from '../src/play/play.ts'
const environment = createHouseholds({ tasks: 1000 })
const tasks = await environment.tasks('train')
const answers = { text: 'Thought: I look around.\nAction: look', finish: 'stop', tokensIn: 300, tokensOut: 12 } as const
let bytes = 0, n = 0
const doJson = process.argv[2] === 'json'
const model = { name: 'x', complete: async (r: any) => { n++; if (doJson) bytes += JSON.stringify(r.messages.map((m: any) => ({ role: m.role, content: m.content }))).length; await new Promise<void>(r => setTimeout(r, 200)); return answers }, close: async () => {} }
const agent = createChatAgent({ model, prompt: 'You are in a household and solve a task there, one command at a time.' })
const c0 = process.cpuUsage(); let first = 0
let played = 0
const t0 = performance.now()
for await (const t of play({ environment, tasks, agent, stepLimit: 25, episodesAtOnce: 1000 })) { played += t.steps.length; first ||= performance.now() - t0 }
const c = process.cpuUsage(c0)
console.log('us a step', (c.user + c.system) / played, 'wall', performance.now() - t0, 'mean bytes', bytes / n)
