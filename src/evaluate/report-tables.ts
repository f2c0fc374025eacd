/**
 * The tables of the report's page.
 * @module
 */
import type { Comparison } from './compare.ts'
import { count, decimal, percent, points, probability } from './format.ts'
import { type Content, fileLink, html, type Markup } from './markup.ts'
import { measureCells } from './measure-cells.ts'
import { huesOf } from './report-charts.ts'
import type { ArmSummary, Report } from './report-data.ts'
import { rewardCells, rewardDifference, rewardNames } from './reward-cells.ts'
import { runRows } from './run-rows.ts'
import { exampleCount } from './training-summary.ts'

/** Every arm's success, rewards and measures of self-correction. */
export function resultTable(report: Report): Markup {
  const hues = huesOf(report)
  const measures = ['error rate', 'recovery', 'steps to recover', 'repeated', 'loops', 'steps when won']
  const names = [...report.splits, ...rewardNames(report), ...measures]
  const rows = report.arms.map(arm => {
    const successes = report.splits.map(split => {
      const summary = arm.splits[split]
      if (!summary) return '–'
      const text = percent(summary.success)
      const value = summary.sources.length === 1 ? fileLink(summary.sources[0]!, text) : text
      return html`${value}<small>${percent(summary.low)} – ${percent(summary.high)}</small>`
    })
    const rewards = rewardCells(report, arm).map(([mean, interval]) => html`${mean}<small>${interval}</small>`)
    return row([armName(arm, hues), ...successes, ...rewards, ...measureCells(arm)], arm.role === 'arm' ? '' : 'aside')
  })
  return table(['arm', ...names], rows)
}

/** What each arm was trained with; undefined where nothing was trained. */
export function trainingTable(report: Report): Content {
  const hues = huesOf(report)
  const trained = report.arms.filter(arm => arm.training.length > 0)
  if (trained.length === 0) return undefined
  const rows = trained.map(arm => {
    const [first] = arm.training
    const { optimiserSteps, tokens, trainedTokens, finalLoss } = first!
    const share = percent(tokens > 0 ? trainedTokens / tokens : null)
    const numbers = [exampleCount(first!), count(optimiserSteps), count(tokens), count(trainedTokens)]
    return row([
      [armName(arm, hues), arm.about && html`<small>${arm.about}</small>`],
      ...numbers,
      share,
      decimal(finalLoss, 3),
    ])
  })
  const several = trained.some(arm => arm.training.length > 1)
  return html`<h2>Training</h2><p class="lead">The budget of each arm${several && ' (of the first run)'}.</p>${table(['arm', 'examples', 'steps', 'tokens', 'trained tokens', 'share', 'final loss'], rows)}`
}

/** The compared arms, with what is behind each difference; undefined where nothing is compared. */
export function differenceTable(report: Report): Content {
  if (report.comparisons.length === 0) return undefined
  const rows = report.comparisons.map(one =>
    row([
      `${one.better} − ${one.worse}, ${one.split}`,
      html`${points(one.difference)}<small>${points(one.low)} to ${points(one.high)}</small>`,
      ...(report.graded ? [rewardCell(one)] : []),
      probability(one.pValue).replace(/^p (= )?/, ''),
      one.pairs,
      `${one.onlyBetterWon} : ${one.onlyWorseWon}`,
      one.recovery
        ? html`${points(one.recovery.difference)}<small>${points(one.recovery.low)} to ${points(one.recovery.high)}</small>`
        : '–',
    ]),
  )
  const names = [
    'compared',
    'success',
    ...(report.graded ? ['reward'] : []),
    'p-value',
    'pairs',
    'won by one only',
    'recovery rate',
  ]
  return table(names, rows)
}

function rewardCell({ reward }: Comparison): Markup {
  const [mean, interval] = rewardDifference(reward)
  return html`${mean}<small>${interval}</small>`
}

/** How often each kind of error was made; undefined where there was none. */
export function errorKindTable(report: Report): Content {
  const arms = report.arms.filter(arm => arm.steps > 0)
  const kinds = [...new Set(arms.flatMap(arm => Object.keys(arm.errorKinds)))]
  if (kinds.length === 0) return undefined
  const rows = kinds.map(kind =>
    row([kind, ...arms.map(arm => decimal((100 * (arm.errorKinds[kind] ?? 0)) / arm.steps, 1))]),
  )
  return html`<p class="note">Kinds of errors, each for 100 steps:</p>${table(['kind', ...arms.map(arm => arm.name)], rows)}`
}

/** What each run showed by itself; undefined where there is only one. */
export function runTable(report: Report): Content {
  const [names, ...rows] = runRows(report)
  return (
    names &&
    table(
      names,
      rows.map(cells => row(cells)),
    )
  )
}

function armName(arm: ArmSummary, hues: Map<string, string>): Markup {
  return html`<span class="dotted ${hues.get(arm.name)}">${arm.name}</span>`
}

/** A table that scrolls by itself where it is too wide. */
export function table(names: readonly string[], rows: Content, style = ''): Markup {
  return html`<div class="table ${style}"><table><thead><tr>${names.map(name => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

export function row(cells: readonly Content[], style = ''): Markup {
  return html`<tr class="${style}">${cells.map(cell => html`<td>${cell}</td>`)}</tr>`
}
