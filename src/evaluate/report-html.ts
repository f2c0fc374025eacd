/**
 * The report as one self-contained page: no scripts, nothing loaded from anywhere.
 * @module
 */
import { count, duration } from './format.ts'
import { type Content, fileLink, html, Markup } from './markup.ts'
import { differenceChart, learningCurves, measurePanels, successChart } from './report-charts.ts'
import type { Report } from './report-data.ts'
import { reportStyle } from './report-style.ts'
import { differenceTable, errorKindTable, resultTable, row, runTable, table, trainingTable } from './report-tables.ts'
import { sourcesOf } from './sources.ts'
import { spentTable } from './spent.ts'
import { trajectoryView, untrainedSteps } from './trajectory-view.ts'
import { definitions, headline } from './words.ts'

/**
 * The whole page as text.
 *
 * @example
 * await writeFile('report.html', reportHtml(makeReport(input)))
 */
export function reportHtml(report: Report): string {
  const title = `${report.name}: Misstep report`
  const spent = spentTable(report)
  // The policy is a second lock: even markup that slipped through could load or run nothing.
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body><main>
${header(report)}
${section('Success by arm', 'Share of tasks won, with 95% intervals.', successChart(report))}
${section('All numbers', 'Each success rate links to the file that it was counted from.', [resultTable(report), trainingTable(report)])}
${section('Differences', 'The same tasks played by two arms, in points of success. An interval clear of zero is a clear difference.', [differenceChart(report), differenceTable(report)])}
${section(
  'What models behind endpoints used up',
  'In tokens, and in the currency of the endpoint where its prices are known.',
  spent &&
    table(
      spent.names,
      spent.rows.map(cells => row(cells)),
    ),
)}
${section('From run to run', 'Each run by itself: how much the training seed matters.', runTable(report))}
${section('Self-correction', 'What happens after a misstep, over all evaluated episodes.', [measurePanels(report), errorKindTable(report)])}
${section('Learning curves', 'Mean loss a trained token, in nats, over the optimiser steps. Arms that train on other tokens are not to be ranked by it.', learningCurves(report))}
${showcase(report)}
${section('How it was measured', undefined, html`<dl class="terms">${definitions(report).map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`)}
${section(
  'Where each number comes from',
  undefined,
  table(
    ['number', 'file'],
    sourcesOf(report).map(([name, files]) => row([name, files.map((file, at) => [at > 0 && ', ', fileLink(file)])])),
    'words',
  ),
)}
<footer>Written by Misstep${report.versions.misstep ? ` ${report.versions.misstep}` : ''}. The same numbers for machines: ${fileLink('report.json')}; as text: ${fileLink('report.md')}.</footer>
</main></body>
</html>
`.text
}

// The style sheet is ours: nothing of it comes from data.
const style = new Markup(reportStyle)

function header(report: Report): Markup {
  const { runs, versions } = report
  const wall = runs.reduce((sum, run) => sum + run.wallSeconds, 0)
  const facts: [string, string][] = [
    [runs.length > 1 ? 'seeds' : 'seed', runs.map(run => run.seed).join(', ')],
    ['wall time', duration(wall)],
    ...report.splits.map((split): [string, string] => {
      const tasks = Math.max(...report.arms.map(arm => arm.splits[split]?.tasks ?? 0))
      return [`${split} tasks`, count(tasks)]
    }),
    ...Object.entries(versions),
  ]
  const lead = headline(report)
  return html`<header><p class="eyebrow">Misstep report</p><h1>${report.name}</h1>
${lead && html`<p class="headline">${lead}</p>`}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${report.notes?.map(note => html`<p class="note">${note}</p>`)}</header>`
}

function section(title: string, lead: string | undefined, body: Content): Content {
  const parts = Array.isArray(body) ? body : [body]
  if (!parts.some(Boolean)) return undefined
  return html`<section><h2>${title}</h2>${lead && html`<p class="lead">${lead}</p>`}${body}</section>`
}

function showcase(report: Report): Content {
  if (!report.showcase) return undefined
  const { file, trajectory } = report.showcase
  const untrained = untrainedSteps(report.showcase)
  const isMasked = trajectory.steps.every((step, at) => step.verdict?.ok !== false || untrained.has(at))
  const told = isMasked ? 'carries no loss' : 'is trained on like the rest'
  const lead = html`<p class="lead">The student erred and the teacher stepped in. The error stays in the context and ${told}; the reflection and its correction are learnt. From ${fileLink(file)}, ${trajectory.id}.</p>`
  return section('One self-reflected trajectory', undefined, [lead, trajectoryView(report.showcase)])
}
