/**
 * Reads recordings of WebShop episodes in the formats that people publish.
 * @module
 */
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'
import { readRecords } from '../read-records.ts'
import type { ObservationMode } from './pages/observe.ts'
import { NO_BOUND } from './price-bound.ts'

/** What a recording shows after an action; what it does not show is absent and not compared. */
export interface RecordedStep {
  action: string
  observations?: Partial<Record<ObservationMode, string>> | undefined
  /** The names that could be clicked. */
  names?: readonly string[] | undefined
  reward?: number | undefined
}

export interface Transcript {
  /** What a difference is reported under. */
  name: string
  /** The session's name in addresses, where they are recorded. */
  session?: string
  /** The goal's number among the synthetic goals, where it is recorded. */
  goalIndex?: number
  /** The instruction with its price, where it is recorded. */
  instruction?: string
  priceUpper?: number
  /** Whether the score on the last page is the recording's own, to be compared. */
  scored: boolean
  opening: Omit<RecordedStep, 'action'>
  steps: RecordedStep[]
}

/**
 * The transcripts of a file. Known are recordings of the original engine (`available`), ACSS (`trajectories`), logs of
 * actions and rewards (`episodes`), conversations of verl-agent (lists with `executed_actions`), of AgentGym
 * (`conversations` with `goal_idx`) and rollouts of LCoW (`rollout`).
 *
 * @throws {MisstepError} when a record has none of these shapes
 * @example
 * for (const transcript of await readTranscripts('episodes.jsonl.gz')) console.log(transcript.name)
 */
export async function readTranscripts(path: string): Promise<Transcript[]> {
  return (await readRecords(path)).flatMap((record, index) => {
    for (const [schema, toTranscripts] of FORMATS) {
      const parsed = schema.safeParse(record)
      if (parsed.success) return toTranscripts(parsed.data, index)
    }
    throw new MisstepError('data', `Record ${index + 1} of the recordings has no known format`, {
      value: path,
      advice: 'Known are records with available, trajectories, episodes, conversations, rollout or executed_actions.',
    })
  })
}

type Format<S extends z.ZodType> = [S, (record: z.infer<S>, index: number) => Transcript[]]
const format = <S extends z.ZodType>(schema: S, read: (record: z.infer<S>, index: number) => Transcript[]) =>
  [schema, read] as unknown as Format<z.ZodType<never>>

const pages = z.object({ html: z.string(), text: z.string(), text_rich: z.string(), url: z.string() }).partial()
const engineSchema = z.object({
  session: z.number(),
  goal: z.number(),
  price_upper: z.number(),
  steps: z.array(
    z.object({ action: z.string().nullable(), obs: pages, available: z.object({ clickables: z.array(z.string()) }) }),
  ),
})

const acssSchema = z.object({
  trajectories: z.array(
    z.object({
      task_id: z.union([z.number(), z.string()]),
      goal: z.string(),
      steps: z.array(z.object({ observation: z.string(), action_taken: z.string(), next_observation: z.string() })),
    }),
  ),
})

const logSchema = z.object({
  episodes: z.array(
    z.object({ goal: z.number(), price: z.number(), actions: z.array(z.string()), reward: z.number().nullable() }),
  ),
})

const verlSchema = z.array(
  z.object({
    role: z.string(),
    content: z.string(),
    reward: z.number().nullish(),
    executed_actions: z.array(z.string()).nullish(),
  }),
)

const agentGymSchema = z.object({
  item_id: z.string(),
  goal_idx: z.number(),
  conversations: z.array(z.object({ from: z.string(), value: z.string() })),
})

const lcowSchema = z.object({ rollout: z.string(), reward: z.number() })

const FORMATS = [
  format(engineSchema, ({ session, goal, price_upper, steps }) => {
    const [opening, ...rest] = steps.map(({ action, obs, available }) => {
      return { action: action ?? '', observations: obs as RecordedStep['observations'], names: available.clickables }
    })
    const name = `goal ${goal}`
    return [
      {
        name,
        session: String(session),
        goalIndex: goal,
        priceUpper: price_upper,
        scored: false,
        opening: opening ?? {},
        steps: rest,
      },
    ]
  }),
  format(acssSchema, ({ trajectories }) =>
    trajectories.map(({ task_id, goal, steps }) => ({
      name: `task ${task_id}`,
      instruction: goal.replace(/^Instruction: /, ''),
      scored: false,
      opening: { observations: { text_rich: steps[0]?.observation ?? '' } },
      steps: steps.map(step => ({ action: step.action_taken, observations: { text_rich: step.next_observation } })),
    })),
  ),
  format(logSchema, ({ episodes }) =>
    episodes.map(({ goal, price, actions, reward }) => ({
      name: `goal ${goal}`,
      goalIndex: goal,
      priceUpper: price,
      scored: true,
      opening: {},
      steps: withFinalReward(actions, reward ?? 0),
    })),
  ),
  format(verlSchema, (turns, index) => {
    const seen = turns.filter(({ role }) => role === 'user').map(({ content }) => readPrompt(content))
    const acts = turns.filter(({ role }) => role === 'assistant')
    return [
      {
        name: `conversation ${index + 1}`,
        instruction: /Your task is to: Instruction: (.*)\.\n/.exec(turns[1]?.content ?? '')?.[1] ?? '',
        scored: true,
        opening: seen[0] ?? {},
        steps: acts.flatMap(({ executed_actions, reward }, turn) =>
          executed_actions?.length === 1
            ? [{ action: executed_actions[0]!, reward: reward ?? 0, ...seen[turn + 1] }]
            : [],
        ),
      },
    ]
  }),
  format(agentGymSchema, ({ item_id, goal_idx, conversations }) => {
    const turns = conversations.slice(2).map(({ value }) => value)
    const opening = turns[0] ?? ''
    const steps: RecordedStep[] = []
    for (let i = 1; i < turns.length; i += 2) {
      const after = turns[i + 1]
      const action = turns[i]!.split('Action:').at(-1)!.trim()
      steps.push({ action, observations: after === undefined ? undefined : { text: after } })
    }
    const [, , instruction = ''] = opening.split(' [SEP] ')
    return [
      {
        name: item_id,
        goalIndex: goal_idx,
        instruction,
        scored: true,
        opening: { observations: { text: opening } },
        steps,
      },
    ]
  }),
  format(lcowSchema, ({ rollout, reward }, index) => {
    const actions = [...rollout.matchAll(/^Action: (.+)$/gm)].map(match => match[1]!)
    const instruction = /^Instruction: \n(.*)$/m.exec(rollout)?.[1] ?? ''
    return [
      { name: `rollout ${index + 1}`, instruction, scored: true, opening: {}, steps: withFinalReward(actions, reward) },
    ]
  }),
]

function withFinalReward(actions: readonly string[], reward: number): RecordedStep[] {
  return actions.map((action, index) => ({ action, reward: index === actions.length - 1 ? reward : 0 }))
}

/** What a prompt of verl-agent shows of the page. */
function readPrompt(content: string): Omit<RecordedStep, 'action'> {
  const [, text, list] =
    /your current observation is: (.*)\.\nYour admissible actions of the current situation are: \n\[\n(.*?)\n\]\./s.exec(
      content,
    ) ?? []
  if (text === undefined || list === undefined) return {}
  return { observations: { text }, names: list.split('\n').map(line => line.replace(/^ {2}- /, '')) }
}

/**
 * The bound that an instruction names; `NO_BOUND` where it names none.
 *
 * @example
 * boundIn('Find me shoes, and price lower than 60.00 dollars') // 60
 */
export function boundIn(instruction: string): number {
  const bound = /, and price lower than (\d+\.\d\d) dollars$/.exec(instruction)?.[1]
  return bound === undefined ? NO_BOUND : Number(bound)
}
