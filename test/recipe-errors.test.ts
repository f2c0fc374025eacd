import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MisstepError } from '../src/core/errors.ts'
import { parseRecipe, readRecipe } from '../src/pipeline/read-recipe.ts'
import { recipeSchema } from '../src/pipeline/recipe.ts'
import { runRecipe } from '../src/pipeline/run.ts'
import { makeTinyRun } from './tiny-run.ts'

const fixture = readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url), 'utf8')

/** The fixture with one part replaced. */
function changed(part: string | RegExp, by: string): string {
  const text = fixture.replace(part, by)
  expect(text, `the fixture no longer holds ${part}`).not.toBe(fixture)
  return text
}

/** The mistakes that parsing names, one a line, without the closing advice. */
function mistakes(text: string): string[] {
  try {
    parseRecipe(text, 'mine.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(MisstepError)
    expect(error).toMatchObject({ code: 'usage' })
    return (error as MisstepError).message.split('\n').slice(0, -1)
  }
  return []
}

/** The first line in which a text is not the fixture, counted from 1. */
function lineOf(text: string): number {
  const lines = fixture.split('\n')
  return text.split('\n').findIndex((line, index) => line !== lines[index]) + 1
}

/** `line:column` of the first place in a text where a part begins. */
function place(text: string, part: string): string {
  const lines = text.slice(0, text.indexOf(part)).split('\n')
  return `mine.yaml:${lines.length}:${lines.at(-1)!.length + 1}`
}

describe('a recipe', () => {
  it('gets all defaults filled in, and says the same when it is resolved once more', () => {
    const recipe = parseRecipe(fixture)
    expect(recipe.reflect).toEqual({
      agent: 'base',
      teacher: 'oracle',
      when: 'after',
      place: 'thought',
      keep: 'won',
      stepLimit: 20,
      temperature: 0,
      rounds: 1,
    })
    expect(recipeSchema.parse(recipe)).toEqual(recipe)
  })

  it('is taken with another seed or name, which its text then says too', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'misstep-')), 'recipe.yaml')
    writeFileSync(path, fixture)
    expect(readRecipe(path)).toMatchObject({ text: fixture, recipe: { name: 'test-recipe', seed: 1 } })
    expect(readRecipe(path, { seed: 1 }).recipe.name).toBe('test-recipe')
    expect(readRecipe(path, { seed: 7, name: 'mine' }).recipe).toMatchObject({ name: 'mine', seed: 7 })
    const { text, recipe } = readRecipe(path, { seed: 7 })
    expect(recipe).toEqual({ ...parseRecipe(fixture), name: 'test-recipe-seed7', seed: 7 })
    expect(parseRecipe(text)).toEqual(recipe)
    expect(text).toContain('# beside the copy of this file that a test makes')
    expect(() => readRecipe(path, { name: 'not/one' })).toThrow('name must be small letters')
  })

  it.each(['quickstart'])('that comes with the package is right: %s', name => {
    const path = fileURLToPath(new URL(`../recipes/${name}.yaml`, import.meta.url))
    expect(readRecipe(path).recipe.name).toBe(name)
  })

  it('that comes with the package explains every line', () => {
    const text = readFileSync(new URL('../recipes/quickstart.yaml', import.meta.url), 'utf8')
    const bare = text.split('\n').filter(line => line.trim() !== '' && !line.includes('#') && !/^\w+:$/.test(line))
    expect(bare).toEqual([])
  })
})

describe('a mistake in a recipe', () => {
  it('is named with file, line, column, key, value and what is allowed', () => {
    const text = changed('mask: errors', 'mask: eror')
    expect(mistakes(text)).toEqual([
      `${place(text, 'eror')}: arms.step.mask must be one of errors, none, corrections-only, but is "eror"; did you mean errors?`,
    ])
  })

  it('is a key that is not known: the nearest and all allowed ones are named', () => {
    const text = changed('learningRate:', 'learningrat:')
    expect(mistakes(text)).toEqual([
      `${place(text, 'learningrat')}: train.learningrat is not a key that is known here; did you mean learningRate? Allowed: engine, from, mix, steps, batchTokens, truncate, learningRate, warmUp, weightDecay, clipNorm, saveEvery, adapters, recompute, states, trl`,
    ])
  })

  it.each([
    ['seed: 1', 'seed: one', 'seed must be a number, but is "one"'],
    ['seed: 1', 'seed: 1.5', 'seed must be a whole number, but is 1.5'],
    ['steps: 12', 'steps: 0', 'train.steps must be 1 or more, but is 0'],
    ['steps: 12', 'steps:', 'train.steps must be a number, but is empty'],
    ['learningRate: 0.01', 'learningRate: 0', 'train.learningRate must be above 0, but is 0'],
    ['learningRate: 0.01', 'warmUp: 2', 'train.warmUp must be 1 or less, but is 2'],
    ['data: [golden]', 'data: golden', 'arms.base.data must be a list, such as [golden], but is "golden"'],
    ['data: [golden]', 'data: []', 'arms.base.data must have at least one entry, but is empty'],
    [
      'data: [golden]',
      'data: [gold]',
      'arms.base.data.0 must be one of golden, golden-explore, reflected, reflected-again, but is "gold"',
    ],
    ['name: test-recipe', 'name: My Recipe', 'name must be small letters, digits and hyphens'],
    ['keep: won', 'keep: lost', 'reflect.keep must be won, or { reward: 0.5 }'],
    ['keep: won', 'keep: { reward: 2 }', 'reflect.keep.reward must be 1 or less, but is 2'],
    ['when: after', 'when: during', 'reflect.when must be one of after, before, but is "during"'],
    ['place: thought', 'place: though', 'reflect.place must be one of thought, turn, but is "though"; did you mean'],
    ['when: after', 'teacher: orcale', 'reflect.teacher must be oracle, or a model: { model: { url: …, model: … } }'],
    ['when: after', 'teacher: { sees: seen }', 'reflect.teacher.model must be a block with the keys url, model, key'],
    [
      'when: after',
      'teacher: { model: { url: http://a/v1, model: m, budgte: 1 } }',
      'reflect.teacher.model.budgte is not',
    ],
    [
      'when: after',
      'teacher: { model: { url: http://a/v1, model: m }, attempts: 0 }',
      'reflect.teacher.attempts must be 1',
    ],
    [
      'when: after',
      'agent: { model: { url: http://a/v1 } }',
      'reflect.agent.model.model must be a text, but is missing',
    ],
    ['when: after', 'agent: 7', 'reflect.agent must be the name of an arm, or a model:'],
    ['when: after', 'rounds: 2', 'reflect.rounds above 1 needs a reflect.temperature above 0'],
    ['when: after', 'agent: nobody', 'reflect.agent must be one of the arms: base, golden, step, step-unmasked'],
    ['when: after', 'agent: step', 'reflect.agent must be an arm that is not itself trained on reflected data'],
    ['when: after', 'again: base', 'reflect.again must be an arm that is trained on reflected data'],
    ['data: [golden, golden-explore]', 'data: [golden, reflected-again]', 'arms.golden.data needs reflect.again'],
    ['from: 8,', 'from: 7,', 'tasks.explore has tasks in common with tasks.golden'],
  ])('%s -> %s', (part, by, expected) => {
    const found = mistakes(changed(part, by))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`: ${expected}`)
    expect(found[0]).toMatch(new RegExp(`^mine\\.yaml:${lineOf(changed(part, by))}:`))
  })

  it('is a key that is missing: the block that lacks it is named', () => {
    const text = changed(/ {2}steps: 12.*\n/, '')
    expect(mistakes(text)).toEqual([`${place(text, 'train:')}: train.steps must be a number, but is missing`])
  })

  it('does not hide the others: all are named, in the order of the file', () => {
    const text = changed('seed: 1', 'seeds: 1')
      .replace('mask: errors', 'mask: 1')
      .replace('stepLimit: 20', 'stepLimit: x')
    expect(mistakes(text).map(line => line.split(': ')[1]!.split(' ')[0])).toEqual([
      'seeds',
      'golden.stepLimit',
      'arms.step.mask',
    ])
  })

  it.each([
    ['a: [1, 2', /^mine\.yaml:1:\d+: is not YAML: /],
    ['name: a\nname: b', /^mine\.yaml:2:1: is not YAML: Map keys must be unique/],
    ['- just\n- a list', /^mine\.yaml:1:1: the recipe must be a block with the keys name, seed, /],
    ['', /^mine\.yaml:1:1: the recipe must be a block with the keys name, seed, .*, but is empty/],
    ['name: *nothing', /^mine\.yaml.*is not (usable )?YAML/],
  ])('may be in the YAML itself: %j', (text, expected) => {
    expect(mistakes(text)[0]).toMatch(expected)
  })

  it('may be the path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'misstep-'))
    expect(() => readRecipe(join(folder, 'absent.yaml'))).toThrow(/The recipe cannot be read.*absent\.yaml/)
    writeFileSync(join(folder, 'bad.yaml'), 'name: [')
    expect(() => readRecipe(join(folder, 'bad.yaml'))).toThrow(join(folder, 'bad.yaml:1:'))
  })
})

describe('a recipe that does not fit what it names', () => {
  const tiny = makeTinyRun()
  it.each([
    ['student: ./student', 'student: ./nobody', /There is no student.*nobody.*\n.*Looked for .*nobody/],
    ['light-switches.js', 'dark-switches.js', /environment module could not be loaded.*dark-switches\.js/],
    ['./light-switches.js', 'lights', /There is no such environment.*lights.*\n.*households, alfworld/],
    [
      'split: unseen',
      'split: dev',
      /tasks\.unseen\.split: light-switches has no such split.*dev.*\n.*train, seen, unseen/,
    ],
    ['unseen, count: 4', 'unseen, count: 400', /tasks\.unseen asks for more tasks than there are.*\n.*has 20 tasks/],
  ])('is refused before anything is run: %s -> %s', async (part, by, expected) => {
    const { folder, recipe } = await tiny
    writeFileSync(recipe, changed(part, by))
    const line = lineOf(changed(part, by))
    await expect(runRecipe(recipe, { into: folder })).rejects.toThrow(new RegExp(`^${recipe}:${line}:\\d+: `))
    const into = join(folder, 'runs')
    await expect(runRecipe(recipe, { into })).rejects.toThrow(expected)
    expect(existsSync(into)).toBe(false)
  })
})
