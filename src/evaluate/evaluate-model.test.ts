import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createExpertAgent } from '../agents/index.ts'
import type { Agent } from '../core/agent.ts'
import type { Task } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { createHouseholds } from '../environments/households/environment.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import { evaluateModel } from './evaluate-model.ts'
import type { EvaluationSettings } from './evaluate-model-settings.ts'
import { resultTable } from './evaluate-model-table.ts'

const environment = createHouseholds({ tasks: 20 })
const unseen = await environment.tasks('unseen')
const expert = createExpertAgent({ sight: 'seen' })

const settings: EvaluationSettings = {
  environment: { name: environment.name, version: environment.version },
  split: 'unseen',
  model: { name: 'expert' },
  agent: { format: 'react', explain: false, examples: 0, answerTokens: 80, temperature: 0 },
  ...{ stepLimit: 40, judge: 'none', seed: 0 },
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evaluation-'))
})

const evaluate = (count: number, agent: Agent = expert, more: Partial<EvaluationSettings> = {}) =>
  evaluateModel({ environment, tasks: unseen.slice(0, count), agent, settings: { ...settings, ...more }, folder })

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** An agent whose cable is pulled after so many moves. */
function failing(moves: number): Agent {
  let left = moves
  return {
    ...expert,
    async act(situation) {
      if (left-- === 0) throw new Error('the cable')
      return { ...(await expert.act(situation)), tokensIn: 10, tokensOut: 2, cost: 0.5 }
    },
  }
}

describe('evaluateModel', () => {
  it('goes on where it was stopped, and ends in the same bytes as when it is not', async () => {
    const whole = await evaluate(8)
    const trajectories = read('trajectories.jsonl')
    folder = mkdtempSync(join(tmpdir(), 'evaluation-'))
    await expect(
      evaluateModel({
        environment,
        tasks: unseen.slice(0, 8),
        agent: failing(40),
        settings,
        folder,
        episodesAtOnce: 2,
      }),
    ).rejects.toThrow('the cable')
    expect(readdirSync(folder).sort()).toEqual(['settings.json', 'trajectories.partial.jsonl'])
    const kept = read('trajectories.partial.jsonl').trimEnd().split('\n').length
    expect(kept).toBeGreaterThan(0)
    const counts: number[] = []
    await evaluateModel({
      ...{ environment, tasks: unseen.slice(0, 8), agent: expert, settings, folder },
      onStart: (...both) => counts.push(...both),
    })
    expect(counts).toEqual([8, kept])
    const plain = (text: string) => text.replaceAll(/"tokensIn":\d+,"tokensOut":\d+(,"cost":[\d.]+)?/g, '')
    expect(plain(read('trajectories.jsonl'))).toBe(plain(trajectories))
    expect(JSON.parse(read('result.json')).success).toEqual(whole.success)
  })

  it('scores nothing of an episode that the world broke, keeps all others, and tries just that one again', async () => {
    const whole = await evaluate(8)
    const undisturbed = read('trajectories.jsonl')
    folder = mkdtempSync(join(tmpdir(), 'evaluation-'))
    const started: string[] = []
    const brittle = (broken?: string) => ({
      ...environment,
      async start(task: Task) {
        started.push(task.id)
        if (task.id === broken) throw new MisstepError('environment', 'The engine is gone')
        return environment.start(task)
      },
    })
    const options = { tasks: unseen.slice(0, 8), agent: expert, settings, folder }
    const doomed = unseen[3]!.id
    await expect(evaluateModel({ ...options, environment: brittle(doomed) })).rejects.toThrow(
      `The environment failed in 1 of 8 episodes:\n  ${doomed}: The engine is gone\n`,
    )
    expect(readdirSync(folder).sort()).toEqual(['settings.json', 'trajectories.partial.jsonl'])
    expect(read('trajectories.partial.jsonl').trimEnd().split('\n')).toHaveLength(7)
    started.length = 0
    expect(await evaluateModel({ ...options, environment: brittle() })).toEqual(whole)
    expect(started).toEqual([doomed])
    expect(read('trajectories.jsonl')).toBe(undisturbed)
  })

  it('goes on from fewer tasks to more, and does not go back', async () => {
    await evaluate(3)
    const first = read('trajectories.jsonl')
    expect((await evaluate(5)).success.tasks).toBe(5)
    expect(read('trajectories.jsonl').startsWith(first)).toBe(true)
    await expect(evaluate(3)).rejects.toThrow(/an evaluation of more tasks/)
  })

  it('does not mix what was played with other settings', async () => {
    await evaluate(1)
    await expect(evaluate(1, expert, { seed: 7, judge: 'oracle' })).rejects.toThrow(
      /begun with other settings:\n {2}judge was "none" and is "oracle"\n {2}seed was 0 and is 7/,
    )
  })

  it('adds up what all episodes have cost', async () => {
    const { spent } = await evaluate(2, failing(-1))
    const steps = read('scores.jsonl')
      .trimEnd()
      .split('\n')
      .reduce((sum, line) => sum + JSON.parse(line).steps, 0)
    expect(spent).toEqual({ tokensIn: 10 * steps, tokensOut: 2 * steps, cost: 0.5 * steps })
  })

  it('says in its table which protocol, engine and model, and in what it is not the protocol', async () => {
    const result = await evaluateModel({
      ...{ environment, tasks: unseen.slice(0, 4), agent: expert, folder, judge: createOracleTeacher() },
      settings: {
        ...settings,
        judge: 'oracle',
        protocol: { name: 'eto', source: 'somewhere' },
        model: { name: 'small\u001b[2J', url: 'http://127.0.0.1:1/v1' },
      },
      differences: ['4 tasks of 134'],
    })
    const table = resultTable(result)
    expect(table).toMatch(/^model +small␛\[2J at http:\/\/127\.0\.0\.1:1\/v1$/m)
    expect(table).toMatch(new RegExp(`^engine +${environment.version}$`, 'm'))
    expect(table).toMatch(/^protocol +eto \(somewhere\)\nwhich differs +4 tasks of 134$/m)
    expect(table).toMatch(/^errors +\d/m)
    expect(result.measures.errorRate).not.toBeNull()
  })
})
