/**
 * The stage that makes an arm's training rows, and refuses to train on rows whose mask is wrong.
 * @module
 */
import { join } from 'node:path'
import { readOutline } from '../../checkpoint/index.ts'
import { MisstepError } from '../../core/errors.ts'
import type { Example } from '../../core/example.ts'
import { createRandom } from '../../core/random.ts'
import { type Trajectory, trajectorySchema } from '../../core/trajectory.ts'
import {
  countTrained,
  type LintFinding,
  lintExamples,
  loadChatFormat,
  renderExamples,
  repeatedRowId,
} from '../../render/index.ts'
import { hashValue } from '../../store/hash.ts'
import { readJsonlFile, writeJsonl } from '../../store/jsonl.ts'
import { type Arm, isReflected, type ResolvedRecipe } from '../recipe.ts'
import type { RunContext, Stage } from '../stage.ts'

type Data = Arm['data'][number]

export function exampleFile(arm: string): string {
  return `examples/${arm}.jsonl`
}

export function renderExamplesStage(recipe: ResolvedRecipe, arm: string, student: string): Stage {
  const { data, mask, mix = recipe.train.mix } = recipe.arms[arm]!
  const { keep } = recipe.reflect
  const { batchTokens, truncate = 'drop-row' } = recipe.train
  const settings = { data, mask, mix, keep, batchTokens, truncate: recipe.train.truncate, seed: recipe.seed }
  const fileOf = (source: Data) => `trajectories/${source}.jsonl`
  return {
    name: `render-${arm}`,
    reads: data.map(fileOf),
    depends: { student, settings: hashValue(settings) },
    writes: [exampleFile(arm)],
    run: async context => {
      const format = await loadChatFormat(context.student.folder)
      const { prompt } = context.environment
      const longest = readOutline(context.student.folder).contextLength
      const maxTokens = Math.min(longest, batchTokens)
      const rows: Record<'golden' | 'reflected', Example[]> = { golden: [], reflected: [] }
      const counts = { trajectories: 0, notKept: 0, tooLong: 0, untrained: 0, unmaskable: 0, split: 0, shortened: 0 }
      for (const source of data) {
        const all = await readJsonlFile(join(context.folder, fileOf(source)), trajectorySchema)
        const kept = all
          .filter(trajectory => isKept(trajectory, isReflected(source) ? keep : 'won'))
          .map(withSource(source))
        // Who plays golden trajectories is never corrected: the mask is for what the student did.
        const policy = isReflected(source) ? mask : 'errors'
        const options = { mask: policy, prompt, maxTokens, truncate }
        const { examples, dropped, split, shortened } = renderExamples(format, kept, options)
        const lint = { format, trajectories: kept, mask: policy, prompt, contextLength: longest }
        refuseFaults(lintExamples(examples, lint), arm)
        for (const example of examples) rows[isReflected(source) ? 'reflected' : 'golden'].push(example)
        const left = (reason: string) => dropped.filter(row => row.reason === reason).length
        counts.trajectories += all.length
        counts.notKept += all.length - kept.length
        counts.tooLong += left('too-long')
        counts.untrained += left('nothing-trained')
        counts.unmaskable += left('mask-error')
        counts.split += split
        counts.shortened += shortened.rows
      }
      const examples = [...mixGolden(rows.golden, rows.reflected, mix, recipe), ...rows.reflected]
      if (examples.length === 0) throw nothingLeft(arm, counts)
      writeJsonl(join(context.folder, exampleFile(arm)), examples)
      const tokens = examples.reduce((sum, example) => sum + example.input_ids.length, 0)
      const trained = examples.reduce((sum, example) => sum + countTrained(example), 0)
      tell(context, arm, examples.length, counts)
      return { rows: examples.length, ...counts, tokens, trainedTokens: trained }
    },
  }
}

/** A row's id says which file its trajectory is in: `reflected/train-000150`. */
function withSource(source: Data): (trajectory: Trajectory) => Trajectory {
  return trajectory => ({ ...trajectory, id: `${source}/${trajectory.id}` })
}

/** Whether a trajectory is trained on. */
export function isKept({ outcome, reward }: Trajectory, keep: ResolvedRecipe['reflect']['keep']): boolean {
  return keep === 'won' ? outcome === 'won' : reward >= keep.reward
}

/** As many golden rows, some of them repeated or left out, as give the wanted share of all rows. */
function mixGolden(
  golden: Example[],
  reflected: Example[],
  mix: number | undefined,
  recipe: ResolvedRecipe,
): Example[] {
  if (mix === undefined || reflected.length === 0 || golden.length === 0) return golden
  // All of the rows golden is all of the golden rows and none of the others: that is an arm without reflected data.
  const wanted = mix === 1 ? golden.length : Math.round((reflected.length * mix) / (1 - mix))
  const shuffled = createRandom(recipe.seed, 'mix').shuffle(golden)
  return Array.from({ length: wanted }, (_, index) => {
    const row = shuffled[index % shuffled.length]!
    return { ...row, id: repeatedRowId(row.id, Math.floor(index / shuffled.length)) }
  })
}

function refuseFaults(found: readonly LintFinding[], arm: string): void {
  // Two tasks of a small world may well be played alike: that is no fault of the mask.
  const findings = found.filter(({ rule }) => rule !== 'duplicate-row')
  if (findings.length === 0) return
  const shown = findings
    .slice(0, 5)
    .map(({ id, rule, message, text }) => `\n  ${id}: ${rule}: ${message}${text ? `: ${text}` : ''}`)
  throw new MisstepError(
    'mask',
    `The rows of arm ${arm} have ${findings.length} faults in their mask:${shown.join('')}`,
    {
      advice: 'Nothing was trained on them. If the trajectories were not edited, please report this.',
    },
  )
}

function tell({ progress }: RunContext, arm: string, rows: number, counts: Record<string, number>): void {
  const { notKept, tooLong, untrained, unmaskable, split, shortened } = counts
  const left = [
    notKept ? `${notKept} were not won` : '',
    tooLong ? `${tooLong} are too long` : '',
    untrained ? `${untrained} train nothing` : '',
    unmaskable ? `${unmaskable} have turns that no mask can tell apart` : '',
  ].filter(Boolean)
  const parts = [
    `examples/${arm}.jsonl: ${rows} rows`,
    ...(split ? [`${split} trajectories became one row a turn, since the chat template rewrites what was said`] : []),
    ...(shortened ? [`${shortened} rows lost their first steps, being too long`] : []),
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
  ]
  progress.note(parts.join('; '))
}

function nothingLeft(arm: string, counts: Record<string, number>): MisstepError {
  return new MisstepError('data', `Arm ${arm} has no rows to train on: all trajectories were left out`, {
    value: counts,
    advice:
      'notKept: raise the step limit or lower reflect.keep; tooLong: raise train.batchTokens, set train.truncate: drop-steps or take a student with a longer context; untrained: no step of these may be trained under the mask of the arm; unmaskable: take a student whose chat template separates turns by special tokens.',
  })
}
