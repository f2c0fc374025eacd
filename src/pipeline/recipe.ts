/**
 * A recipe: one experiment, as a user writes it (`Recipe`) and with all defaults filled in (`ResolvedRecipe`).
 * @module
 */
import { z } from 'zod'
import { CONSTRAINTS } from '../agents/index.ts'
import { DEVICE_NAME } from '../onnx/index.ts'
import { exploringArm, reflectIdentity, reflectSchema } from './reflect-schema.ts'
import { count, kebab, share, temperature } from './schema-parts.ts'
import { serveSchema } from './serve-schema.ts'
import { checkTrain, trainIdentity, trainSchema } from './train-schema.ts'

const tasksSchema = z.strictObject({
  /** A split of the environment. */
  split: z.string(),
  /** The first task to take, counted from 0. */
  from: z.int().min(0).default(0),
  count,
  /** The number of the order that the split is shuffled into first. Default: it is left in its own, often kind by kind. */
  shuffle: z.int().min(0).exactOptional(),
})

export const recipeSchema = z
  .strictObject({
    /** Names the run folder. */
    name: kebab,
    /** Fixes all that is left to chance. */
    seed: z.int().min(0).default(1),
    /** The world to act in, and its own options. */
    environment: z.looseObject({ name: z.string().min(1) }),
    /** The Hugging Face folder that training starts from. */
    student: z.string().min(1),
    /** Episodes that are open at once: more is faster and takes more memory. */
    episodesAtOnce: count.default(64),
    /** Most tokens that a student may write in one step, thought and action together. */
    answerTokens: count.default(80),
    /**
     * `admissible`: whenever a student plays, its action is the likeliest of those that the environment would accept. That is
     * privileged information: compare such figures only with their like. Default: the student writes what it likes.
     */
    constrain: z.enum(CONSTRAINTS).exactOptional(),
    /**
     * Where a student's dense layers are computed when it plays: `auto` asks ONNX Runtime for a provider beside the processor,
     * and any other name is that of a provider, which has to be there. Unmeasured, and answers may differ in their last bits. Training always runs on the processor. Default `cpu`.
     */
    device: z.string().regex(DEVICE_NAME, 'must be cpu, auto or the name of a provider').exactOptional(),
    /** Which tasks serve for what. No task may serve twice. */
    tasks: z.strictObject({
      golden: tasksSchema,
      explore: tasksSchema.optional(),
      development: tasksSchema.optional(),
      seen: tasksSchema.optional(),
      unseen: tasksSchema.optional(),
    }),
    /** How the expert plays the golden trajectories. Only those that are won are trained on. */
    golden: z
      .strictObject({
        /** What the expert knows: only what an episode has shown, or everything. */
        expert: z.enum(['seen', 'everything']).default('seen'),
        /** Default: the environment's own. */
        stepLimit: count.optional(),
      })
      .prefault({}),
    reflect: reflectSchema.prefault({}),
    train: trainSchema,
    /** Who answers for a checkpoint when it plays. Default: the embedded engine, in this process. */
    serve: serveSchema.exactOptional(),
    /** What is compared: one trained checkpoint each. */
    arms: z.record(
      kebab,
      z.strictObject({
        /** What it is trained on: the expert on the golden tasks or on those to explore; the corrected explorations. */
        data: z.array(z.enum(['golden', 'golden-explore', 'reflected', 'reflected-again'])).min(1),
        /** Which steps carry no loss: those judged an error, none, or all of a reflected trajectory but the corrections. */
        mask: z.enum(['errors', 'none', 'corrections-only']).default('errors'),
        /** Default: as in `train`. */
        from: z.enum(['student', 'base-agent']).optional(),
        /** Default: as in `train`. */
        mix: share.optional(),
      }),
    ),
    evaluate: z
      .strictObject({
        /** Default: the environment's own. */
        stepLimit: count.optional(),
        temperature: temperature.default(0),
        /** Whether the untrained student stands beside the arms. */
        untrained: z.boolean().default(true),
        /** The expert that stands beside the arms. */
        expert: z.enum(['seen', 'everything', 'none']).default('seen'),
        /** Who judges the steps, for the measures of self-correction; it never steps in. */
        judge: z.enum(['oracle', 'none']).default('oracle'),
        /** Pairs of arms that the report compares, the one that should be better first. Default: all pairs. */
        compare: z.array(z.tuple([kebab, kebab])).optional(),
      })
      .prefault({}),
  })
  .superRefine(checkRecipe)

/** A recipe as a user writes it. */
export type Recipe = z.input<typeof recipeSchema>
/** A recipe with all defaults filled in; a step limit that is absent is the environment's own. */
export type ResolvedRecipe = z.output<typeof recipeSchema>
export type TaskRange = z.output<typeof tasksSchema>
export type Arm = ResolvedRecipe['arms'][string]

/** Of a recipe, what its run depends on; what may change while the run goes on is left out. */
export function recipeIdentity({ serve: _, ...recipe }: ResolvedRecipe): object {
  return { ...recipe, reflect: reflectIdentity(recipe.reflect), train: trainIdentity(recipe.train) }
}

/** The sets of tasks that arms are evaluated on, in the order of the report. */
export const EVALUATION_SETS = ['development', 'seen', 'unseen'] as const
export type EvaluationSet = (typeof EVALUATION_SETS)[number]

type Refinement = { addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void }

/** What no single key can tell: whether the parts of the recipe fit each other. */
function checkRecipe(recipe: ResolvedRecipe, context: Refinement): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: path.split('/').filter(Boolean), message })
  const { reflect, tasks, arms } = recipe
  const names = Object.keys(arms)
  const explorer = exploringArm(reflect)
  const agent = explorer === undefined ? undefined : arms[explorer]
  const explores = names.some(name => arms[name]!.data.some(isReflected))

  checkTrain(recipe.train, refuse)
  if (names.length === 0) refuse('arms', 'must have at least one arm')
  for (const reserved of ['untrained', 'expert']) {
    if (arms[reserved]) refuse(`arms/${reserved}`, 'is a reserved name: the report has a row of that name already')
  }
  for (const [index, pair] of (recipe.evaluate.compare ?? []).entries()) {
    for (const name of pair.filter(name => !arms[name])) {
      refuse(`evaluate/compare/${index}`, `names ${name}, which is none of the arms: ${names.join(', ')}`)
    }
  }
  if (explores && explorer !== undefined && !agent)
    refuse('reflect/agent', `must be one of the arms: ${names.join(', ')}`)
  if (explores && agent?.data.some(isReflected)) {
    refuse('reflect/agent', 'must be an arm that is not itself trained on reflected data, for that is what it makes')
  }
  const learner = reflect.again === undefined ? undefined : arms[reflect.again]
  if (
    reflect.again !== undefined &&
    !(learner?.data.includes('reflected') && !learner.data.includes('reflected-again'))
  ) {
    refuse('reflect/again', 'must be an arm that is trained on reflected data, and not on reflected-again')
  }
  for (const name of names) {
    const arm = arms[name]!
    if (reflect.again === undefined && arm.data.includes('reflected-again')) {
      refuse(`arms/${name}/data`, 'needs reflect.again: the arm that explores once more')
    }
    if (!tasks.explore && arm.data.some(data => data !== 'golden')) {
      refuse(`arms/${name}/data`, 'needs tasks.explore, which the recipe does not have')
    }
    if ((arm.from ?? recipe.train.from) === 'base-agent' && name !== explorer && !agent) {
      const what = explorer === undefined ? 'needs an arm that explores: reflect.agent is a model' : undefined
      refuse(`arms/${name}/${arm.from ? 'from' : ''}`, what ?? `needs the arm ${explorer}, which is not there`)
    }
    if (new Set(arm.data).size < arm.data.length) refuse(`arms/${name}/data`, 'names the same data twice')
  }
  if (!EVALUATION_SETS.some(set => tasks[set])) {
    refuse('tasks', `must have tasks to evaluate on: one or more of ${EVALUATION_SETS.join(', ')}`)
  }
  for (const [name, other] of overlaps(tasks)) {
    refuse(`tasks/${name}`, `has tasks in common with tasks.${other}: each task may serve for one thing only`)
  }
  if (reflect.rounds > 1 && reflect.temperature === 0) {
    refuse('reflect/rounds', 'above 1 needs a reflect.temperature above 0, or else every round is the same')
  }
}

/** Whether data come of an exploration under a teacher. */
export function isReflected(data: Arm['data'][number]): boolean {
  return data === 'reflected' || data === 'reflected-again'
}

function overlaps(tasks: ResolvedRecipe['tasks']): [string, string][] {
  const ranges = Object.entries(tasks) as [string, TaskRange | undefined][]
  const found: [string, string][] = []
  for (const [index, [name, range]] of ranges.entries()) {
    for (const [other, before] of ranges.slice(0, index)) {
      if (!range || !before || range.split !== before.split) continue
      // In different orders, the same numbers are other tasks.
      const isOneOrder = range.shuffle === before.shuffle
      const isApart = range.from >= before.from + before.count || before.from >= range.from + range.count
      if (!(isOneOrder && isApart)) found.push([name, other])
    }
  }
  return found
}
