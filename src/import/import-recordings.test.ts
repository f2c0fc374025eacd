import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../test/kit/sciworld.ts'
import { tinyShop } from '../../test/kit/tiny-shop.ts'
import { noWebshopData, webshopData } from '../../test/kit/webshop.ts'
import { createExpertAgent } from '../agents/index.ts'
import type { Environment } from '../core/environment.ts'
import { type Trajectory, trajectorySchema } from '../core/trajectory.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { readRecords } from '../environments/read-records.ts'
import { openEnvironment } from '../environments/registry.ts'
import { play } from '../play/play.ts'
import { formatMove } from '../render/react.ts'
import { importRecordings } from './import-recordings.ts'
import { recordedWith } from './recorded-with.ts'

const households = createHouseholds({ tasks: 12 })

async function playGoldens(environment: Environment, count: number): Promise<Trajectory[]> {
  const tasks = (await environment.tasks('train')).slice(0, count)
  const trajectories: Trajectory[] = []
  for await (const trajectory of play({
    environment,
    tasks,
    agent: createExpertAgent({ sight: 'seen' }),
    by: 'expert',
  })) {
    if (trajectory.outcome === 'won') trajectories.push(trajectory)
  }
  return trajectories
}

const goldens = await playGoldens(households, 6)

/** As a chat without a word about which task it is. */
const asChat = ({ opening, steps }: Trajectory) => ({
  messages: [
    { role: 'user', content: `Solve a task.\n\n${opening}` },
    ...steps.flatMap(step => [
      { role: 'assistant', content: formatMove(step) },
      { role: 'user', content: step.observation },
    ]),
  ],
})

describe('importRecordings', () => {
  it('finds the task of a chat by what it shows, and plays it again to the same trajectory', async () => {
    const { trajectories, dropped, observations } = await importRecordings(goldens.map(asChat), {
      format: 'openai',
      environment: households,
    })
    expect(goldens.length).toBeGreaterThan(2)
    expect(dropped).toEqual([])
    expect(observations.different).toBe(0)
    for (const [index, trajectory] of trajectories.entries()) {
      expect(trajectorySchema.parse(trajectory)).toEqual(trajectory)
      const { id, steps, outcome, opening } = goldens[index]!
      expect(trajectory).toMatchObject({ id, steps, outcome, opening, agent: 'openai' })
    }
  })

  it('drops what does not reach the goal, what is of no task, and what is no recording, each with its reason', async () => {
    const [golden] = goldens
    const short = asChat({ ...golden!, steps: golden!.steps.slice(0, 2) })
    const lost = { task_id: 'none/none', messages: [{ role: 'assistant', content: 'Action: look' }] }
    const { trajectories, dropped, reasons, recordings } = await importRecordings([short, lost, 7, { messages: [] }], {
      format: 'openai',
      environment: households,
    })
    expect(trajectories).toEqual([])
    expect(recordings).toBe(4)
    expect(dropped.map(({ reason }) => reason)).toEqual(['not-kept', 'no-task', 'shape', 'shape'])
    expect(reasons).toEqual({ 'not-kept': 1, 'no-task': 1, shape: 2 })
  })

  it('keeps all, or from a reward on, where that is asked for', async () => {
    const short = asChat({ ...goldens[0]!, steps: goldens[0]!.steps.slice(0, 2) })
    const kept = async (keep: 'all' | number) =>
      (await importRecordings([short], { format: 'openai', environment: households, keep })).trajectories.length
    expect([await kept('all'), await kept(0), await kept(0.5)]).toEqual([1, 1, 0])
  })

  it('says the same move in the words of the environment', async () => {
    const old = goldens.map(golden => ({
      ...golden,
      steps: golden.steps.map(step => ({
        ...step,
        action: step.action.replace(/^move (.+) to (.+)$/, 'put $1 in/on $2'),
      })),
    }))
    expect(old).not.toEqual(goldens)
    const { trajectories } = await importRecordings(old.map(asChat), { format: 'openai', environment: households })
    expect(trajectories.map(({ steps }) => steps)).toEqual(goldens.map(({ steps }) => steps))
  })

  it('leaves out rejected moves where the rest is as good, and gives a second recording of a task a name of its own', async () => {
    const [golden] = goldens
    const steps = [{ ...golden!.steps[0]!, action: 'dance', observation: 'Nothing happens.' }, ...golden!.steps]
    const chat = asChat({ ...golden!, steps })
    const options = { format: 'openai', environment: households, withoutRejected: true } as const
    const { trajectories, leftOut } = await importRecordings([chat, chat], options)
    expect(trajectories.map(({ id }) => id)).toEqual([golden!.id, `${golden!.id}#2`])
    expect(trajectories[0]!.steps).toEqual(golden!.steps)
    expect(leftOut).toEqual({ turnsWithoutMove: 0, rejectedMoves: 2, movesAfterEnd: 0 })
  })

  it('takes recordings at their word where there is nothing to play them in', async () => {
    const { trajectories } = await importRecordings([{ ...asChat(goldens[0]!), id: 'a', reward: 0.5 }], {
      ...{ format: 'openai', environment: 'elsewhere', keep: 0.3 },
    })
    expect(trajectorySchema.parse(trajectories[0])).toEqual(trajectories[0])
    expect(trajectories[0]).toMatchObject({ reward: 0.5, outcome: 'lost', task: { environment: 'elsewhere' } })
    expect(trajectories[0]!.steps.map(({ action }) => action)).toEqual(goldens[0]!.steps.map(({ action }) => action))
  })
})

describe('goldens of WebShop', () => {
  const TURNS = [
    'Ok.',
    'Thought:\nI think I should search.\n\nAction:\nsearch[slim fit shirt]',
    'Thought:\nI think B104 is right.\n\nAction:\nclick[B104] ',
    'Thought:\nRed it is.\n\nAction:\nclick[red]',
    'Thought:\nAnd small.\n\nAction:\nclick[small]',
    'Thought:\nDone.\n\nAction:\nclick[Buy Now]',
    'Thought: more Action: search[more]',
  ]
  const environment = tinyShop({ goals: 'synthetic' })
  const goal = environment.shop.goals.findIndex(({ instruction }) =>
    instruction.includes('color: red, and size: small'),
  )

  it('are played by the number of their goal, up to the purchase', async () => {
    const { trajectories, leftOut } = await importRecordings([{ [goal]: TURNS }], { format: 'agentgym', environment })
    expect(trajectories[0]).toMatchObject({ id: `synthetic-${goal}`, outcome: 'won', reward: 1 })
    expect(trajectories[0]!.steps.map(({ action }) => action)).toEqual([
      ...['search[slim fit shirt]', 'click[B104]', 'click[red]', 'click[small]', 'click[Buy Now]'],
    ])
    expect(leftOut.movesAfterEnd).toBe(1)
  })

  it('are dropped where the shop has no such goal, and kept for a part of the reward where that is asked for', async () => {
    const some = [...TURNS.slice(0, 3), TURNS[5]!]
    const record = { goal_idx: goal, conversations: some.map(value => ({ from: 'gpt', value })) }
    const options = { format: 'agentgym', environment, keep: 0.5 } as const
    const { trajectories, reasons } = await importRecordings([{ ...record, goal_idx: 99 }, record], options)
    expect(reasons).toEqual({ 'unknown-task': 1 })
    expect(trajectories[0]!.reward).toBeCloseTo(3 / 5)
  })

  it.skipIf(noWebshopData)(
    'reach reward 1 here, as they did where they were recorded (needs shared data)',
    async () => {
      const shop = await openEnvironment({
        name: 'webshop',
        ...recordedWith('webshop', 'agentgym'),
        catalogue: webshopData,
      })
      const all = await readRecords(join(webshopData, '../golden/webshop_agenttraj_slice.jsonl.gz'))
      // The one that does not, and a part of the others.
      const records = all.filter((record, index) => index < 150 || (record as { goal_idx: number }).goal_idx === 3912)
      const { trajectories, dropped } = await importRecordings(records, { format: 'agentgym', environment: shop })
      await shop.close()
      expect(trajectories).toHaveLength(150)
      expect(dropped).toEqual([expect.objectContaining({ reason: 'not-kept' })])
    },
  )
})

const shared = join(webshopData, '..')

describe('goldens of ALFWorld', () => {
  it.skipIf(noWebshopData)('are found by the path of their game (needs shared data)', async () => {
    const all = await readRecords(join(shared, 'golden/alfworld_agenttraj_2420.jsonl.gz'))
    const records = all.slice(0, 12).filter(record => (record as { match: string }).match === 'gt_traj observations')
    const environment = await openEnvironment({
      ...{ name: 'alfworld', games: folderOfGames(JSON.stringify(records)), profile: '2.1.1-react' },
    })
    const options = { format: 'agentgym', environment } as const
    const { trajectories, observations } = await importRecordings(records, options)
    expect(trajectories.length).toBe(records.length)
    expect(observations.different).toBe(0)
    const elsewhere = { conversations: [{ role: 'agent', action: 'look' }], game_dir: 'json_2.1.1/train/none/trial_T0' }
    expect((await importRecordings([elsewhere], options)).reasons).toEqual({ 'unknown-task': 1 })
  })
})

/** Opening all games of the benchmark takes long: a folder with those that a text names. */
function folderOfGames(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'games-'))
  const name = 'games-train.full.jsonl.gz'
  const lines = gunzipSync(readFileSync(join(shared, 'alfworld', name)))
    .toString()
    .split('\n')
  const named = lines.filter(line => text.includes(/trial_\w+/.exec(line)?.[0] ?? 'none'))
  writeFileSync(join(folder, name), gzipSync(`${named.join('\n')}\n`))
  return folder
}

describe(`goldens of SciWorld${needsJar}`, () => {
  it.skipIf(!jar || noWebshopData)(
    'are found by kind and variation (needs shared data)',
    { timeout: 300_000 },
    async () => {
      const environment = await openEnvironment({ name: 'sciworld', ...recordedWith('sciworld', 'agentgym') })
      const records = await readRecords(join(shared, 'golden/sciworld_agenttraj_2120.jsonl.gz'))
      try {
        const { trajectories } = await importRecordings(records.slice(0, 1), { format: 'agentgym', environment })
        expect(trajectories.map(({ id }) => id)).toEqual(['train/boil/0'])
      } finally {
        await environment.close()
      }
    },
  )
})
