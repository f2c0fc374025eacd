/**
 * The report's figures: success, learning curves, self-correction, differences.
 * @module
 */
import { type IntervalChartOptions, type IntervalRow, intervalChart, lineChart, roundTicks } from './charts.ts'
import type { Comparison } from './compare.ts'
import { decimal, percent, points } from './format.ts'
import { type Content, html, type Markup } from './markup.ts'
import type { MeasureName } from './measures.ts'
import type { Report } from './report-data.ts'

const WIDE = 812
const NARROW = 340

const panels: { name: MeasureName; title: string; caption: string; share: boolean }[] = [
  { name: 'errorRate', title: 'Error rate', caption: 'errors a step; less is better', share: true },
  {
    name: 'recoveryRate',
    title: 'Recovery rate',
    caption: 'errors that were made up for; more is better',
    share: true,
  },
  { name: 'stepsToRecover', title: 'Steps to recover', caption: 'over recovered errors; less is better', share: false },
  { name: 'repeatedErrorRate', title: 'Repeated errors', caption: 'of all errors; less is better', share: true },
  { name: 'loopRate', title: 'Loops', caption: 'episodes that go round in circles; less is better', share: true },
  { name: 'stepsWhenWon', title: 'Steps when won', caption: 'mean of the won episodes; less is better', share: false },
]

/** The colour class of each arm: a hue for each trained arm, plain for floor and ceiling. */
export function huesOf(report: Report): Map<string, string> {
  let next = 0
  return new Map(report.arms.map(arm => [arm.name, arm.role === 'arm' ? `hue-${next++ % 6}` : 'hue-plain']))
}

/** Success of every arm on every split, with intervals. */
export function successChart(report: Report): Markup {
  const hues = huesOf(report)
  const rows = report.arms.map(arm => ({
    label: arm.name,
    hue: hues.get(arm.name)!,
    marks: report.splits.map((split, at) => {
      const summary = arm.splits[split]
      const hollow = at < report.splits.length - 1
      if (!summary) return { text: `${split} –`, hollow }
      return {
        interval: { ...summary, estimate: summary.success },
        text: `${split} ${percent(summary.success)}`,
        hollow,
      }
    }),
  }))
  const longest = Math.max(...report.splits.map(split => split.length))
  return both(rows, {
    title: `Success by arm with 95% intervals: ${rows.map(row => `${row.label} ${row.marks.map(mark => mark.text).join(', ')}`).join('; ')}`,
    domain: [0, 1],
    ticks: [0, 0.25, 0.5, 0.75, 1].map(at => ({ at, text: `${at * 100}%` })),
    textWidth: 74 + longest * 7,
  })
}

/** The loss of each training over its steps; undefined where nothing was trained. */
export function learningCurves(report: Report): Markup | undefined {
  const hues = huesOf(report)
  const trained = report.arms.filter(arm => arm.training.length > 0)
  if (trained.length === 0) return undefined
  const series = trained.flatMap(arm =>
    arm.training.map(training => ({ name: arm.name, hue: hues.get(arm.name)!, points: training.curve })),
  )
  const ends = trained.map(arm => `${arm.name} ends at ${decimal(arm.training[0]!.finalLoss)}`)
  const title = `Training loss over optimiser steps: ${ends.join('; ')}`
  return html`<ul class="legend">${trained.map(arm => html`<li class="${hues.get(arm.name)}">${arm.name}</li>`)}</ul>
<div class="wide">${lineChart(series, { title, width: WIDE, height: 280 })}</div>
<div class="narrow">${lineChart(series, { title, width: NARROW, height: 220 })}</div>`
}

/** A small panel for each measure of self-correction. */
export function measurePanels(report: Report): Markup {
  const hues = huesOf(report)
  return html`<div class="panels">${panels.map(panel => {
    const write = (value: number | null) => (panel.share ? percent(value) : decimal(value))
    const rows = report.arms.map(arm => {
      const range = arm.intervals[panel.name]
      const estimate = arm[panel.name]
      const interval = range && estimate !== null ? { estimate, low: range[0], high: range[1] } : undefined
      return {
        label: arm.name,
        hue: hues.get(arm.name)!,
        marks: [{ ...(interval ? { interval } : {}), text: write(estimate) }],
      }
    })
    const highest = Math.max(...rows.flatMap(row => row.marks.map(mark => mark.interval?.high ?? 0)))
    const ticks = roundTicks(highest > 0 ? highest : 1, 4)
    const options = {
      title: `${panel.title}: ${rows.map(row => `${row.label} ${row.marks[0]!.text}`).join('; ')}`,
      width: 390,
      domain: [0, ticks.at(-1)!] as const,
      ticks: ticks.map(at => ({
        at,
        text: panel.share ? percent(at, at * 100 === Math.round(at * 100) ? 0 : 1) : `${at}`,
      })),
    }
    return html`<figure><h3>${panel.title}</h3><figcaption>${panel.caption}</figcaption>${intervalChart(rows, options)}</figure>`
  })}</div>`
}

/** The differences of compared arms around a line at zero; undefined where nothing is compared. */
export function differenceChart(report: Report): Markup | undefined {
  if (report.comparisons.length === 0) return undefined
  const hues = huesOf(report)
  const labels = [...new Set(report.comparisons.map(differenceLabel))]
  const rows = labels.map(label => {
    const comparisons = report.comparisons.filter(one => differenceLabel(one) === label)
    const marks = comparisons.map((one, at) => ({
      interval: { estimate: one.difference, low: one.low, high: one.high },
      text: `${one.split} ${points(one.difference)}`,
      hollow: at < comparisons.length - 1,
    }))
    return { label, hue: hues.get(comparisons[0]!.better)!, marks }
  })
  const furthest = Math.max(...report.comparisons.flatMap(one => [Math.abs(one.low), Math.abs(one.high)]))
  const side = roundTicks(furthest * 100, 2).slice(1)
  const ticks = [...side.map(at => -at).reverse(), 0, ...side]
  const longest = Math.max(...report.splits.map(split => split.length))
  return both(rows, {
    title: `Difference in success, in points, with 95% intervals: ${rows.map(row => `${row.label} ${row.marks.map(mark => mark.text).join(', ')}`).join('; ')}`,
    domain: [-side.at(-1)! / 100, side.at(-1)! / 100],
    ticks: ticks.map(at => ({ at: at / 100, text: at === 0 ? '0' : `${at < 0 ? '−' : '+'}${Math.abs(at)}` })),
    zero: 0,
    textWidth: 74 + longest * 7,
  })
}

function differenceLabel({ better, worse }: Comparison): string {
  return `${better} − ${worse}`
}

/** The same chart for wide and for narrow windows; the style sheet shows one. */
function both(rows: readonly IntervalRow[], options: Omit<IntervalChartOptions, 'width'>): Markup {
  const drawn = (width: number): Content => intervalChart(rows, { ...options, width })
  return html`<div class="wide">${drawn(WIDE)}</div><div class="narrow">${drawn(NARROW)}</div>`
}
