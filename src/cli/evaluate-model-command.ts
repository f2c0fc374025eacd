/**
 * Evaluates a model as a command line says, showing how far it is.
 * @module
 */
import { join } from 'node:path'
import type { Constraint, FormatName } from '../agents/index.ts'
import { createChatAgent, makeWorkedExamples, promptFor } from '../agents/index.ts'
import type { ChatModel } from '../core/agent.ts'
import type { Environment } from '../core/environment.ts'
import { MisstepError } from '../core/errors.ts'
import { openEnvironment } from '../environments/registry.ts'
import { evaluateModel } from '../evaluate/evaluate-model.ts'
import { type FoundModel, findModel, openModel } from '../evaluate/evaluate-model-player.ts'
import type { ModelResult } from '../evaluate/evaluate-model-result.ts'
import type { EvaluationSettings } from '../evaluate/evaluate-model-settings.ts'
import { resultTable } from '../evaluate/evaluate-model-table.ts'
import { chooseTasks, findProtocol, usualSplit } from '../evaluate/protocol.ts'
import type { AgentSettings, Protocol, ProtocolTasks } from '../evaluate/protocol-definition.ts'
import type { EmbeddedModel, EndpointModel } from '../models/index.ts'
import { createProgress } from '../pipeline/progress.ts'
import type { Bar } from '../pipeline/screen.ts'
import { lockFolder } from '../store/run-lock.ts'
import { createOracleTeacher } from '../teachers/oracle.ts'
import { withInterruption } from './interruption.ts'
import { safeText } from './safe-text.ts'

export interface EvaluateFlags {
  model: string
  name?: string
  key?: string
  /** Default: `unseen`, or what the protocol has. */
  split?: string
  protocol?: string
  limit?: number
  option?: Record<string, unknown>
  examples?: number
  explain?: boolean
  format?: FormatName
  answerTokens?: number
  temperature?: number
  stepLimit?: number
  constrain?: Constraint
  judge: 'none' | 'oracle'
  seed: number
  episodesAtOnce: number
  record?: string
  replay?: string
  device?: string
  out?: string
  json?: true
}

type Flags = EvaluateFlags & { split: string }
type Defined = { protocol: Protocol; tasks: ProtocolTasks } | undefined

/** @throws {MisstepError} `usage` for what does not fit together, `model` when the endpoint gives no answer */
export async function evaluateCommand(name: string, given: EvaluateFlags): Promise<void> {
  const defined = given.protocol === undefined ? undefined : findProtocol(given.protocol, name)
  const flags = { ...given, split: given.split ?? usualSplit(defined?.tasks) }
  refuseOverrides(defined, flags)
  const option = flags.option ?? {}
  const environment = await openEnvironment({ ...defined?.tasks.options(option), ...option, name })
  try {
    const found = await findModel(flags)
    const folder = flags.out ?? join('evaluations', folderName(environment, found, flags))
    const unlock = lockFolder(folder)
    try {
      const result = await evaluate(environment, found, defined, flags, folder)
      console.log(flags.json ? JSON.stringify(result, null, 2) : resultTable(result))
    } finally {
      unlock()
    }
    process.stderr.write(`\nThe episodes: ${join(folder, 'trajectories.jsonl')}\n`)
  } finally {
    await environment.close()
  }
}

async function evaluate(
  environment: Environment,
  found: FoundModel,
  defined: Defined,
  flags: Flags,
  folder: string,
): Promise<ModelResult> {
  const { split, limit, judge, episodesAtOnce } = flags
  const protocol = defined && { name: defined.protocol.name, tasks: defined.tasks }
  const chosen = await chooseTasks(environment, split, protocol, limit)
  const asked = agentSettings(defined, found, flags)
  const differences = defined ? [...chosen.differences, ...ourDifferences(environment, defined, asked)] : []
  // Before anything is paid for.
  if (defined) process.stderr.write(safeText(differencesText(defined.protocol, differences)))
  const examples = await makeWorkedExamples(environment, { count: asked.examples })
  return withInterruption(async signal => {
    const { device } = flags
    const model = await openModel(found, {
      ...recordOf(found, flags, folder),
      slots: episodesAtOnce,
      ...(device !== undefined && { device }),
      note: text => process.stderr.write(`${text}\n`),
      signal,
    })
    let bar: Bar | undefined
    try {
      const settings = settingsOf(environment, found, model, defined, flags, asked)
      const agent = createChatAgent({
        ...asked,
        model,
        name: found.name,
        prompt: promptFor(environment, asked.explain),
        examples,
        // A protocol's answers end as its format says.
        ...(!defined && asked.explain && environment.stop && { stop: environment.stop }),
        whenFull: defined ? 'reject' : 'shorten',
      })
      const result = await evaluateModel({
        environment,
        tasks: chosen.tasks,
        agent,
        settings,
        folder,
        episodesAtOnce,
        signal,
        differences,
        ...(judge === 'oracle' && { judge: createOracleTeacher() }),
        onStart: (episodes, already) => {
          bar = createProgress().stage(`${found.name} on ${split}`, episodes, 'episodes', already)
        },
        onEpisode: () => bar?.advance(),
      })
      return result
    } finally {
      bar?.end()
      reportSpent(model)
      await model.close()
    }
  })
}

/** What the result says of how it came about. */
function settingsOf(
  environment: Environment,
  found: FoundModel,
  model: ChatModel | EmbeddedModel,
  defined: Defined,
  { split, stepLimit, judge, seed }: Flags,
  agent: AgentSettings,
): EvaluationSettings {
  return {
    environment: { name: environment.name, version: environment.version },
    split,
    ...(defined && { protocol: { name: defined.protocol.name, source: defined.protocol.source } }),
    model: {
      name: found.name,
      ...(model.checkpoint !== undefined && { checkpoint: model.checkpoint }),
      ...('device' in model && model.device !== 'cpu' && { device: model.device }),
      ...('address' in found && { url: found.address }),
    },
    agent,
    stepLimit: stepLimit ?? defined?.tasks.stepLimit ?? environment.stepLimit,
    judge,
    seed,
  }
}

/** A protocol is a protocol: what it fixes is not for a flag to change, but for the number of examples. */
function refuseOverrides(defined: Defined, flags: EvaluateFlags): void {
  if (!defined) return
  const fixed = (['format', 'explain', 'answerTokens', 'temperature', 'stepLimit', 'constrain'] as const).find(
    name => flags[name] !== undefined,
  )
  if (!fixed) return
  const flag = `--${fixed.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  throw new MisstepError('usage', `The protocol ${defined.protocol.name} fixes what ${flag} says`, {
    value: flags[fixed],
    advice: `Leave ${flag} out, or --protocol.`,
  })
}

function agentSettings(defined: Defined, found: FoundModel, flags: EvaluateFlags): AgentSettings {
  const { examples, format = 'react', answerTokens = 200, temperature = 0, constrain } = flags
  if (defined) return { ...defined.protocol.agent, ...(examples !== undefined && { examples }) }
  // A checkpoint of ours was trained in its format; others have to be told.
  const { explain = 'endpoint' in found } = flags
  return { format, explain, examples: examples ?? 0, answerTokens, temperature, ...(constrain && { constrain }) }
}

function ourDifferences(environment: Environment, { protocol, tasks }: NonNullable<Defined>, asked: AgentSettings) {
  const usual = protocol.agent.examples
  return [
    ...tasks.differences(environment),
    ...(asked.examples === usual ? [] : [`${asked.examples} worked examples, not ${usual}`]),
    `instruction${asked.examples > 0 ? ' and worked example' : ''} in words of our own`,
  ]
}

function differencesText({ name }: Protocol, differences: readonly string[]): string {
  return `${[`This is not quite the protocol ${name}:`, ...differences].join('\n  ')}\n\n`
}

function recordOf(found: FoundModel, { record, replay }: EvaluateFlags, folder: string) {
  if (replay !== undefined && record !== undefined) {
    throw new MisstepError('usage', 'An evaluation is recorded or replayed, not both')
  }
  if (replay !== undefined) return { replay }
  if (record !== undefined) return { record }
  return 'endpoint' in found ? { record: join(folder, 'exchanges.jsonl') } : {}
}

function reportSpent(model: ChatModel | EndpointModel): void {
  if (!('spent' in model)) return
  const { requests, retries, tokensIn, tokensOut, cost } = model.spent()
  const price = cost === undefined ? '' : `, cost ${cost.toFixed(4)}`
  process.stderr.write(
    `${requests} requests (${retries} sent again), ${tokensIn} tokens in, ${tokensOut} out${price}\n`,
  )
}

function folderName(environment: Environment, found: FoundModel, { split, protocol }: Flags): string {
  return [environment.name, split, found.name, ...(protocol === undefined ? [] : [protocol])]
    .join('-')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120)
}
