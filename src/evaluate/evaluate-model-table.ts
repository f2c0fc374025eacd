/**
 * An evaluation's result as it is printed.
 * @module
 */
import type { ModelResult } from './evaluate-model-result.ts'
import type { EvaluationSettings } from './evaluate-model-settings.ts'
import { count, counted, decimal, percent } from './format.ts'
import { visible } from './markup.ts'
import type { Measures } from './measures.ts'

type Line = [name: string, text: string]

/**
 * The result in plain text: what was evaluated, by which protocol, in which version of the engine; then the figures.
 *
 * @example
 * console.log(resultTable(await evaluateModel(options)))
 */
export function resultTable(result: ModelResult): string {
  const parts = [about(result), figures(result), byKind(result)].filter(lines => lines.length > 0)
  const width = Math.max(...parts.flat().map(([name]) => name.length))
  const line = ([name, text]: Line) => visible(`${name.padEnd(width)}  ${text}`)
  return parts.map(lines => lines.map(line).join('\n')).join('\n\n')
}

function about({ settings, differences, success }: ModelResult): Line[] {
  const { environment, split, protocol, agent, stepLimit } = settings
  return [
    ['model', modelText(settings.model)],
    ['environment', `${environment.name}, ${split}: ${counted(success.tasks, 'task')}`],
    ['engine', environment.version],
    ['protocol', protocol ? `${protocol.name} (${protocol.source})` : 'none: settings of your own'],
    ...differences.map((text, index): Line => [index === 0 ? 'which differs' : '', text]),
    ['asked', askedText(agent)],
    ['limits', `${agent.answerTokens} tokens an answer, ${stepLimit} steps`],
    ...(agent.constrain ? [['held to', 'admissible actions: compare with figures made so only'] satisfies Line] : []),
  ]
}

function askedText({ format, explain, examples, temperature }: EvaluationSettings['agent']): string {
  return `${format}, ${explain ? '' : 'not '}told how to answer, ${examples} worked examples, temperature ${temperature}`
}

function modelText({ name, url, checkpoint }: EvaluationSettings['model']): string {
  return `${name}${url ? ` at ${url}` : ''}${checkpoint ? `, sha256 ${checkpoint.slice(0, 12)}` : ''}`
}

function figures({ settings, success, reward, measures, spent, shortened }: ModelResult): Line[] {
  const { low, high, won, episodes } = success
  const cost = spent.cost === undefined ? '' : `, cost ${spent.cost.toFixed(4)}`
  // Where all episodes end alike, the interval of the mean has no width, and says nothing.
  const interval = reward.low < reward.high ? `  (95%: ${hundred(reward.low)} to ${hundred(reward.high)})` : ''
  return [
    ['reward x 100', `${hundred(reward.mean)}${interval}`],
    ['success', `${percent(success.success)}  (95%: ${percent(low)} to ${percent(high)}), ${won} of ${episodes}`],
    ['steps when won', decimal(measures.stepsWhenWon, 1)],
    ['rejected', `${percent(measures.rejectedRate)} of the steps`],
    ...(shortened === 0
      ? []
      : [['shortened', `${counted(shortened, 'move')} did not see the whole conversation`] as Line]),
    ...(settings.judge === 'none' ? [] : selfCorrection(measures)),
    ['spent', `${count(spent.tokensIn)} tokens in, ${count(spent.tokensOut)} out${cost}`],
  ]
}

function selfCorrection(measures: Measures): Line[] {
  return [
    ['errors', `${percent(measures.errorRate)} of the steps`],
    ['recovered', `${percent(measures.recoveryRate)} of the errors, in ${decimal(measures.stepsToRecover, 1)} steps`],
    ['repeated', `${percent(measures.repeatedErrorRate)} of the errors`],
    ['loops', `${percent(measures.loopRate)} of the episodes`],
  ]
}

function byKind({ kinds }: ModelResult): Line[] {
  const all = Object.entries(kinds)
  if (all.length < 2) return []
  return all.map(([name, { episodes, won, reward }]) => [name, `${hundred(reward)}, ${won} of ${episodes} won`])
}

const hundred = (value: number) => (100 * value).toFixed(1)
