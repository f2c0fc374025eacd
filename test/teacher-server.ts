/**
 * A server that plays a teacher of the light switches: it knows nothing but the prompt that it is sent.
 * @module
 */
import { type ChatCall, type ChatServer, type Reply, startChatServer } from './kit/chat-server.ts'

/** What a teacher answers. */
export const right = JSON.stringify({ verdict: 'right', reflection: '', thought: '', action: '' })
export const wrong = (action: string, reflection = 'That was wrong.', thought = 'I do this.') =>
  JSON.stringify({ verdict: 'wrong', reflection, thought, action })

/** The parts of the package's prompt, as a teacher finds them. */
export function readRecord(prompt: string) {
  const between = (from: string, to: string) => prompt.split(from)[1]?.split(to)[0] ?? ''
  const step = between('=== Its latest step\n', '\n===')
  return {
    task: between('=== What the learner was told\n', '=== What it has done so far'),
    history: between('=== What it has done so far\n', '=== Its latest step'),
    step,
    action: /^Action: (.*)$/m.exec(step)?.[1] ?? step.split('\n')[0]!,
    wasDone: !step.includes('(It has not been done yet.)'),
  }
}

/** The prompt of a call: the first message; what follows are answers that were given back. */
export const promptOf = ({ body }: Pick<ChatCall, 'body'>): string => body.messages[0]?.content ?? ''

/** Judges as the environment's own judge does, from the record alone. */
export function judgeSwitches(prompt: string): string {
  const { task, history, step, action, wasDone } = readRecord(prompt)
  const most = Number(/switches 1 to (\d+)/.exec(task)?.[1])
  const dead = new Set<number>()
  let on: number[] = []
  let before = 'dark'
  const flips = `${history}\n${step}`.matchAll(
    /^Action: flip switch (\d+)\nObservation: On: (.*)\. The lamp is (lit|dark)\.$/gm,
  )
  for (const [, number, listed, lamp] of flips) {
    on = listed === 'none' ? [] : listed!.split(', ').map(Number)
    // The lamp's own switch changes it, whatever else is on.
    if (lamp === before) dead.add(Number(number))
    before = lamp!
  }
  const flipped = Number(/^flip switch (\d+)$/.exec(action)?.[1])
  const isPossible = flipped >= 1 && flipped <= most
  const after =
    wasDone || !isPossible ? on : [...on.filter(n => n !== flipped), ...(on.includes(flipped) ? [] : [flipped])]
  const left = after.find(number => dead.has(number) && number !== flipped)
  if (isPossible && left === undefined) return right
  const next =
    on.find(number => dead.has(number)) ?? Array.from({ length: most }, (_, i) => i + 1).find(n => !dead.has(n))
  return wrong(
    `flip switch ${next}`,
    isPossible ? `Switch ${left} is still on.` : 'There is no such step.',
    `I flip ${next}.`,
  )
}

/** Starts the server; `reply` may answer otherwise than a good teacher would. */
export function startTeacherServer(
  reply: (call: ChatCall, good: string) => Reply = (_, good) => good,
): Promise<ChatServer> {
  return startChatServer(call => reply(call, judgeSwitches(promptOf(call))))
}
