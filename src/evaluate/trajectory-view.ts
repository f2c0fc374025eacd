/**
 * One self-reflected trajectory as a page shows it: errors dimmed as masked, reflections marked.
 * @module
 */

import { type Step, wasExecuted } from '../core/trajectory.ts'
import { countTrained } from '../render/index.ts'
import { counted } from './format.ts'
import { type Content, html, type Markup } from './markup.ts'
import type { Showcase } from './report-data.ts'

/** Steps beside an error or a correction that stay unfolded, and tokens that are shown at most. */
const NEAR = 1
const MOST_TOKENS = 3000

/**
 * The trajectory, step by step. What is far from any error is folded.
 *
 * @example
 * trajectoryView({ trajectory, file: 'trajectories/step.jsonl' }).text
 */
export function trajectoryView(showcase: Showcase): Markup {
  const { trajectory } = showcase
  const { steps } = trajectory
  const untrained = untrainedSteps(showcase)
  const isTold = steps.map(step => step.by === 'teacher' || step.verdict?.ok === false)
  const isNear = steps.map((_, at) => isTold.slice(Math.max(0, at - NEAR), at + NEAR + 1).some(Boolean))
  if (!isNear.some(Boolean)) isNear.fill(true)
  const parts: Content[] = []
  for (let from = 0; from < steps.length; ) {
    let to = from + 1
    while (to < steps.length && isNear[to] === isNear[from]) to++
    const views = steps
      .slice(from, to)
      .map((step, offset) => stepView(step, from + offset, steps[from + offset - 1], untrained.has(from + offset)))
    parts.push(isNear[from] || to - from === 1 ? views : fold(`Steps ${from + 1} to ${to}`, views))
    from = to
  }
  return html`<div class="trajectory">
<div class="opening"><p class="task">${trajectory.instruction}</p><pre>${trajectory.opening}</pre></div>
<ol class="steps">${parts}</ol>
<p class="outcome">${outcomeText(trajectory.outcome)} after ${counted(steps.length, 'step')}.</p>
</div>${showcase.tokens && tokensView(showcase.tokens)}`
}

/** Steps without loss: as the example says where there is one, else those judged wrong. */
export function untrainedSteps({ trajectory, tokens }: Showcase): Set<number> {
  if (!tokens) {
    return new Set(trajectory.steps.flatMap((step, at) => (step.verdict?.ok === false ? [at] : [])))
  }
  const spans = tokens.example.spans.filter(span => span.role === 'assistant')
  const trained = new Set(spans.filter(span => span.trained).map(span => span.step))
  return new Set(spans.map(span => span.step).filter(step => !trained.has(step)))
}

function stepView(step: Step, at: number, before: Step | undefined, isMasked: boolean): Markup {
  const isWrong = step.verdict?.ok === false
  const isReflection = step.by === 'teacher' && before?.verdict?.ok === false
  const chips = [
    !wasExecuted(step) && html`<span class="chip masked">not executed</span>`,
    isWrong && html`<span class="chip wrong">error${step.verdict?.kind ? `: ${step.verdict.kind}` : ''}</span>`,
    isReflection && html`<span class="chip reflection">reflection and correction</span>`,
    isMasked ? html`<span class="chip masked">masked, no loss</span>` : html`<span class="chip trained">trained</span>`,
  ]
  const style = [isWrong && 'is-wrong', isReflection && 'is-reflection', isMasked && 'is-masked'].filter(Boolean)
  return html`<li class="step ${style.join(' ')}" value="${at + 1}">
<p class="head"><span class="number">${at + 1}</span><span class="by">${step.by}</span>${chips}</p>
<p class="thought">${isReflection ? html`<mark>${step.thought}</mark>` : step.thought}</p>
<pre class="action">&gt; ${step.action === '' ? (step.text ?? '') : step.action}</pre>
<pre class="observation">${step.observation}</pre>
</li>`
}

function fold(summary: string, views: Content): Markup {
  return html`<li class="fold"><details><summary>${summary}</summary><ol class="steps">${views}</ol></details></li>`
}

function tokensView({ example, pieces }: NonNullable<Showcase['tokens']>): Markup {
  const trained = countTrained(example)
  const wrong = new Set<number>()
  for (const span of example.spans) {
    if (span.error) for (let at = span.from; at < span.to; at++) wrong.add(at)
  }
  const shown = example.input_ids.slice(0, MOST_TOKENS).map((_, at) => {
    const kind = (example.labels[at] ?? -1) >= 0 ? 'on' : wrong.has(at) ? 'error' : 'off'
    return html`<span class="${kind}">${pieces[at] ?? ''}</span>`
  })
  const rest = example.input_ids.length - shown.length
  return html`<details class="tokens"><summary>The same as token ids: ${example.input_ids.length} tokens, ${trained} of them trained</summary>
<p class="legend"><span class="on">trained</span> <span class="error">error, masked</span> <span class="off">context</span></p>
<pre>${shown}${rest > 0 && html` … and ${rest} more`}</pre></details>`
}

function outcomeText(outcome: 'won' | 'lost' | 'truncated'): string {
  return { won: 'The goal was reached', lost: 'The goal was missed', truncated: 'It was ended without the goal' }[
    outcome
  ]
}
