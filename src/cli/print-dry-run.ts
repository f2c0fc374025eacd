/**
 * Prints what a run would do.
 * @module
 */
import colors from 'picocolors'
import { count, counted, duration } from '../evaluate/format.ts'
import type { DryRun, PlannedStage } from '../pipeline/dry-run/dry-run.ts'
import type { EndpointWork } from '../pipeline/dry-run/estimate-play.ts'
import { safeText } from './safe-text.ts'

/** Prints the plan as text, every stage with its files and commands, and once what a training is configured with. */
export function printDryRun({ recipe, folder, environment, student, stages, total, assumptions }: DryRun): void {
  const size = student.parameters === undefined ? 'of unknown size' : `${count(student.parameters)} parameters`
  const absent = student.found ? '' : ', not here yet'
  const lines = [
    `${colors.bold(recipe)} in ${environment}; student ${student.name} (${size}${absent}); run folder ${folder}`,
    'This is what would be done; nothing was.',
    '',
    ...stages.flatMap((stage, index) => [...describeStage(stage, index + 1, stages.length), '']),
    ...configured(stages),
    colors.bold(totalOf(total)),
    ...total.endpoints.map(describeEndpoint),
    '',
    'Assumed:',
    ...assumptions.map(line => `- ${line}`),
  ]
  for (const line of lines) console.log(safeText(line))
}

function describeStage(stage: PlannedStage, number: number, of: number): string[] {
  const { name, state, reads, writes, partial, commands = [], files = {}, endpoints = [] } = stage
  const row = (head: string, text: string) => `    ${head.padEnd(9)} ${text}`
  const work = workOf(stage)
  const mark = state === 'to do' ? '' : colors.dim(` (${state})`)
  return [
    `[${String(number).padStart(String(of).length)}/${of}] ${colors.bold(name)}${mark}${work && `: ${work}`}`,
    ...(reads.length > 0 ? [row('reads', reads.join(', '))] : []),
    row('writes', writes.join(', ')),
    ...(partial.length > 0 ? [row('meanwhile', partial.join(', '))] : []),
    ...(Object.keys(files).length > 0 ? [row('files', Object.keys(files).join(', '))] : []),
    ...commands.map(({ what, node, command }) => {
      return row(node === undefined ? what : `node ${node}`, `$ ${command.map(quote).join(' ')}`)
    }),
    ...endpoints.map(work => row('asks', describeEndpoint(work))),
  ]
}

function workOf({ play, rows, training, memory, seconds }: PlannedStage): string {
  const parts = [
    play && `${counted(play.episodes, 'episode')}, ${counted(play.steps, 'step')}, ${count(play.tokens)} tokens`,
    rows && `up to ${count(rows.rows)} rows, ${count(rows.tokens)} tokens`,
    training &&
      `${counted(training.steps, 'step')}${training.rowsPerStep ? ` of ${training.rowsPerStep} rows` : ''}, ${count(training.tokens)} tokens`,
    memory &&
      `up to ${gigabytes(memory.bytes)}${memory.there ? ` of ${gigabytes(memory.there)}` : ''} ${memoryPlace(memory.of)}`,
    seconds === undefined ? undefined : `about ${duration(seconds)}`,
  ]
  return parts.filter(part => part !== undefined).join('; ')
}

const memoryPlace = (of: 'GPU' | 'process' | 'machine') => (of === 'machine' ? 'of memory' : `of memory for each ${of}`)
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`

/** The files of the first training: those of the others differ in their paths only. */
function configured(stages: readonly PlannedStage[]): string[] {
  const first = stages.find(({ files }) => files)
  const texts = Object.entries(first?.files ?? {}).filter(([name]) => name.endsWith('.yaml'))
  return texts.flatMap(([name, text]) => [
    colors.bold(name),
    ...text
      .trimEnd()
      .split('\n')
      .map(line => `    ${line}`),
    '',
  ])
}

function totalOf({ episodes, trainedOn, seconds }: DryRun['total']): string {
  const time = seconds === undefined ? '' : `; about ${duration(seconds)}`
  return `To do: ${count(episodes)} episodes, training on ${count(trainedOn)} tokens${time}`
}

function describeEndpoint({ role, model, url, requests, tokensIn, tokensOut, cost }: EndpointWork): string {
  const price = cost === undefined ? '' : `, cost ${cost.toFixed(2)}`
  return `${role} ${model} at ${url}: ${count(requests)} requests, ${count(tokensIn)} tokens in, ${count(tokensOut)} out${price}`
}

/** As a shell would need it. */
const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
