/**
 * The report as Markdown.
 * @module
 */
import type { Step } from '../core/trajectory.ts'
import type { Comparison } from './compare.ts'
import { count, decimal, duration, percent, points, probability } from './format.ts'
import { visible } from './markup.ts'
import { measureCells } from './measure-cells.ts'
import type { ArmSummary, Report, Showcase } from './report-data.ts'
import { rewardCells, rewardDifference, rewardNames } from './reward-cells.ts'
import { runRows } from './run-rows.ts'
import { sourcesOf } from './sources.ts'
import { spentTable } from './spent.ts'
import { exampleCount } from './training-summary.ts'
import { definitions, headline } from './words.ts'

/**
 * The whole report as text.
 *
 * @example
 * await writeFile('report.md', reportMarkdown(makeReport(input)))
 */
export function reportMarkdown(report: Report): string {
  const lead = headline(report)
  const wall = report.runs.reduce((sum, run) => sum + run.wallSeconds, 0)
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`)
  const seeds = `${report.runs.length > 1 ? 'Seeds' : 'Seed'} ${report.runs.map(run => run.seed).join(', ')}`
  const trained = report.arms.filter(arm => arm.training.length > 0)
  const [runNames, ...runs] = runRows(report)
  const spent = spentTable(report)
  const blocks = [
    `# ${escapeMarkdown(report.name)}: Misstep report`,
    lead && `**${escapeMarkdown(lead)}**`,
    escapeMarkdown(`${[seeds, duration(wall), ...versions].join(' · ')}`),
    ...(report.notes ?? []).map(escapeMarkdown),
    '## All numbers',
    results(report),
    trained.length > 0 && '## Training',
    trained.length > 0 && training(trained),
    report.comparisons.length > 0 && '## Differences',
    report.comparisons.length > 0 && differences(report),
    spent && '## What models behind endpoints used up',
    spent && table(spent.names, spent.rows),
    runNames && '## From run to run',
    runNames && table(runNames, runs),
    report.showcase && '## One self-reflected trajectory',
    report.showcase && trajectory(report.showcase),
    '## How it was measured',
    definitions(report)
      .map(([term, meaning]) => `- **${term}.** ${meaning}`)
      .join('\n'),
    '## Where each number comes from',
    table(
      ['number', 'file'],
      sourcesOf(report).map(([name, files]) => [name, files.join(', ')]),
    ),
  ]
  return `${blocks.filter(block => typeof block === 'string').join('\n\n')}\n`
}

/**
 * Text that Markdown shows as it is: no emphasis, links, HTML or table cells from the words of a model.
 *
 * @example
 * escapeMarkdown('a|b <i>') // 'a\\|b \\<i\\>'
 */
function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~!&]/g, '\\$&')
}

function results(report: Report): string {
  const measures = ['error rate', 'recovery', 'steps to recover', 'repeated', 'loops', 'steps when won']
  const names = [...report.splits, ...rewardNames(report), ...measures]
  const rows = report.arms.map(arm => [
    arm.name,
    ...report.splits.map(split => {
      const summary = arm.splits[split]
      return summary ? `${percent(summary.success)} (${percent(summary.low)} to ${percent(summary.high)})` : '–'
    }),
    ...rewardCells(report, arm).map(([mean, interval]) => (interval ? `${mean} (${interval})` : mean)),
    ...measureCells(arm),
  ])
  return table(['arm', ...names], rows)
}

function training(arms: readonly ArmSummary[]): string {
  const rows = arms.map(arm => {
    const first = arm.training[0]!
    const { optimiserSteps, tokens, trainedTokens, finalLoss } = first
    const numbers = [optimiserSteps, tokens, trainedTokens].map(count)
    return [arm.name, arm.about ?? '', exampleCount(first), ...numbers, decimal(finalLoss, 3)]
  })
  return table(['arm', 'trained on', 'examples', 'steps', 'tokens', 'trained tokens', 'final loss'], rows)
}

function differences(report: Report): string {
  const rows = report.comparisons.map(one => [
    `${one.better} − ${one.worse}`,
    one.split,
    `${points(one.difference)} (${points(one.low)} to ${points(one.high)})`,
    ...(report.graded ? [rewardText(one)] : []),
    probability(one.pValue).replace(/^p (= )?/, ''),
    `${one.pairs}`,
    `${one.onlyBetterWon} : ${one.onlyWorseWon}`,
    one.recovery
      ? `${points(one.recovery.difference)} (${points(one.recovery.low)} to ${points(one.recovery.high)})`
      : '–',
  ])
  const rest = ['p-value', 'pairs', 'won by one only', 'recovery, points']
  return table(['compared', 'split', 'success, points', ...(report.graded ? ['reward'] : []), ...rest], rows)
}

function rewardText({ reward }: Comparison): string {
  const [mean, interval] = rewardDifference(reward)
  return `${mean} (${interval})`
}

function trajectory({ trajectory, file }: Showcase): string {
  const steps = trajectory.steps.map((step, at) => stepText(step, at, trajectory.steps[at - 1]))
  const text = visible(`${trajectory.instruction}\n\n${trajectory.opening}\n\n${steps.join('\n\n')}`)
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return `From ${escapeMarkdown(file)}, ${escapeMarkdown(trajectory.id)}.\n\n${fence}text\n${text}\n${fence}`
}

function stepText(step: Step, at: number, before: Step | undefined): string {
  const isWrong = step.verdict?.ok === false
  const isReflection = step.by === 'teacher' && before?.verdict?.ok === false
  const told = isWrong ? ` [error: ${step.verdict?.kind ?? 'unnamed'}; masked, no loss]` : ''
  const reflected = isReflection ? ' [reflection and correction]' : ''
  return `${at + 1}. ${step.by}${told}${reflected}\n   Thought: ${step.thought}\n   Action: ${step.action}\n   Observation: ${step.observation}`
}

function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  return [line(names), `|${' --- |'.repeat(names.length)}`, ...rows.map(line)].join('\n')
}
