/**
 * Rows of training data as a page: each token with its weight, and from each the way back to step, verdict and rollout. The
 * page runs no script and loads nothing; what models and worlds wrote is escaped.
 * @module
 */
import type { Step } from '../../core/trajectory.ts'
import { type Content, html, type Markup } from '../../evaluate/markup.ts'
import { type ChatFormat, type ShownToken, showTokens } from '../../render/index.ts'
import { safeText } from '../safe-text.ts'
import type { ShownRow } from './shown-row.ts'
import { tokensPageStyle } from './tokens-page-style.ts'

/** @param rows in the order in which they are shown */
export function tokensPage(rows: readonly ShownRow[], format: ChatFormat): string {
  const list = rows.map(({ example }, row) => html`<li><a href="#r${row}">${example.id}</a></li>`)
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>What is trained</title><style>STYLE</style></head>
<body><main><h1>What is trained</h1>
<p class="lead">Every token of ${rows.length === 1 ? 'one row' : `${rows.length} rows`} of training data. Point at a token for its weight; follow it to the step that it comes from.</p>
<ul class="legend"><li><span class="on">carries loss</span></li><li><span class="on part">carries less</span></li><li><span class="wrong">error, masked</span></li><li><span class="on wrong">error, trained</span></li><li><span>context</span></li></ul>
${rows.length > 1 && html`<nav><ol>${list}</ol></nav>`}
${rows.map((row, index) => rowView(row, index, format))}
</main></body></html>
`
  return safeText(page.text).replace('STYLE', () => tokensPageStyle)
}

function rowView({ example, source }: ShownRow, row: number, format: ChatFormat): Markup {
  const tokens = showTokens(example, format)
  const trained = tokens.filter(token => token.trained).length
  const steps = [...new Set(tokens.map(({ step }) => step))].filter(step => step >= 0)
  const facts: [string, Content][] = [
    ['tokens', tokens.length],
    ['with loss', trained],
    ['stop token', format.stopToken],
  ]
  if (source) {
    const { task, agent, teacher, outcome, provenance, id } = source.trajectory
    const { seed, recipe, model, checkpoint } = provenance
    facts.push(['rollout', `${id}, number ${source.index} of ${source.file}`])
    facts.push(['task', `${task.environment}, ${task.split}, ${task.kind}: ${task.id}`], ['outcome', outcome])
    facts.push(
      ['played by', `${agent}${teacher === undefined ? '' : `, watched by ${teacher}`}`],
      ['seed', String(seed)],
    )
    if (recipe !== undefined) facts.push(['recipe', recipe])
    if (model !== undefined) facts.push(['model', model])
    if (checkpoint !== undefined) facts.push(['checkpoint', checkpoint.slice(0, 16)])
  }
  return html`<section id="r${row}"><h2>${example.id}</h2>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="columns"><pre class="tokens">${tokens.map((token, at) => tokenView(token, at, row, tokens[at - 1]))}</pre>
<ol class="steps">${steps.map(step => stepView(step, row, source?.trajectory.steps[step], tokens))}</ol></div></section>`
}

function tokenView(token: ShownToken, at: number, row: number, before: ShownToken | undefined): Markup {
  const { id, text, trained, weight, step, role, error } = token
  const kind = [trained && 'on', trained && weight !== 1 && 'part', error && role === 'assistant' && 'wrong']
  const title = `token ${at}, id ${id}, weight ${weight}, ${step < 0 ? 'prompt' : `step ${step + 1}`}, ${role}`
  const shown = text.replaceAll('\n', '\u21b5\n')
  const isFirst = before?.step !== step && step >= 0
  const place = isFirst ? html` id="r${row}t${step}"` : undefined
  const target = step < 0 ? `#r${row}` : `#r${row}s${step}`
  return html`<a${place} class="${kind.filter(Boolean).join(' ')}" href="${target}" title="${title}">${shown}</a>`
}

function stepView(index: number, row: number, step: Step | undefined, tokens: readonly ShownToken[]): Markup {
  const own = tokens.filter(token => token.step === index && token.role === 'assistant')
  const trained = own.filter(token => token.trained)
  const isWrong = step ? step.verdict?.ok === false : own.some(token => token.error)
  const weights = [...new Set(trained.map(({ weight }) => weight))]
  const mask =
    trained.length > 0
      ? `${trained.length} tokens with loss${weights.some(each => each !== 1) ? `, weight ${weights.join(', ')}` : ''}`
      : 'no loss'
  return html`<li id="r${row}s${index}" class="${isWrong ? 'step is-wrong' : 'step'}">
<p class="head"><a href="#r${row}t${index}">step ${index + 1}</a> ${step && html`<span>${step.by}</span>`} <span class="${trained.length > 0 ? 'chip on' : 'chip'}">${mask}</span></p>
${step ? wordsOf(step) : html`<p class="soft">${isWrong ? 'An error, by its mark. ' : ''}--trajectories shows what happened.</p>`}</li>`
}

function wordsOf({ thought, action, observation, verdict, accepted }: Step): Markup {
  const kind = verdict?.ok === false ? `error: ${verdict.kind ?? 'unnamed'}` : verdict ? 'judged right' : 'not judged'
  return html`<p class="verdict"><b>${kind}</b>${!accepted && ', not accepted'}${verdict?.reflection && html`: ${verdict.reflection}`}</p>
<p>${thought}</p><pre class="action">${action}</pre><pre class="soft">${observation}</pre>`
}
