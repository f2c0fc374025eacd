import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseRecipe, readRecipe } from '../src/pipeline/read-recipe.ts'
import { selectTasks } from '../src/pipeline/select-tasks.ts'

const recipes = fileURLToPath(new URL('../recipes/', import.meta.url))
const fixture = readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url), 'utf8')
const text = `${fixture}
variants:
  longer:
    name: longer
    train: { steps: 40 }
    evaluate: { stepLimit: null, temperature: 0.5 }
  few:
    tasks: { golden: { count: 2 } }
    train:
      batchTokens: 512
  cold:
    name: -cold
    evaluate: { temperature: 0 }
  broken:
    train: { stops: 3 }
`
const folder = mkdtempSync(join(tmpdir(), 'misstep-variants-'))
const path = join(folder, 'mine.yaml')
writeFileSync(path, text)
afterAll(() => rmSync(folder, { recursive: true }))

describe('the variants of a recipe', () => {
  it('change nothing where none is wanted', () => {
    expect(parseRecipe(text)).toEqual(parseRecipe(fixture))
  })

  it('replace just the keys that they name, and take out what they leave empty', () => {
    const plain = parseRecipe(fixture)
    const { evaluate, ...rest } = parseRecipe(text, path, ['longer', 'few'])
    expect(rest).toMatchObject({ name: 'longer', tasks: { golden: { split: 'train', from: 0, count: 2 } } })
    expect(rest.train).toEqual({ ...plain.train, steps: 40, batchTokens: 512 })
    expect(rest.arms).toEqual(plain.arms)
    expect(evaluate).not.toHaveProperty('stepLimit')
    expect(evaluate.temperature).toBe(0.5)
  })

  it('may add to the name, in whatever order they are taken', () => {
    const { name } = parseRecipe(fixture)
    const nameWith = (...variants: string[]) => parseRecipe(text, path, variants).name
    expect(nameWith('cold')).toBe(`${name}-cold`)
    expect(nameWith('longer', 'cold')).toBe('longer-cold')
    expect(nameWith('cold', 'longer')).toBe('longer-cold')
    expect(parse(readRecipe(path, { variants: ['cold'] }).text).name).toBe(`${name}-cold`)
  })

  it('stand resolved in the recipe that a run folder keeps', () => {
    const file = readRecipe(path, { variants: ['longer'] })
    expect(parse(file.text)).not.toHaveProperty('variants')
    expect(parseRecipe(file.text)).toEqual(file.recipe)
    expect(file.text).toContain('# beside the copy of this file')
    expect(readRecipe(path, { variants: ['longer'], seed: 7 }).recipe.name).toBe('longer-seed7')
  })

  it('are named where there is no such one', () => {
    expect(() => parseRecipe(text, 'mine.yaml', ['long'])).toThrow(/no such variant.*Did you mean longer/s)
    expect(() => parseRecipe(fixture, 'mine.yaml', ['long'])).toThrow(/It has none/)
  })

  it('have their mistakes named at the line where they stand', () => {
    const line = text.split('\n').findIndex(line => line.includes('stops: 3')) + 1
    expect(() => parseRecipe(text, 'mine.yaml', ['broken'])).toThrow(`mine.yaml:${line}:14: train.stops is not a key`)
  })
})

describe('shuffled tasks', () => {
  const environment = {
    name: 'numbers',
    splits: ['train'],
    version: '1',
    prompt: '',
    stepLimit: 1,
    tasks: async () =>
      Array.from({ length: 10 }, (_, id) => ({ id: String(id), environment: 'numbers', split: 'train', kind: '' })),
    start: () => Promise.reject(new Error('is not played')),
    close: async () => {},
  }
  const idsOf = async (shuffle?: number) => {
    const range = { split: 'train', ...(shuffle !== undefined && { shuffle }) }
    const wanted = { golden: { ...range, from: 0, count: 5 }, explore: { ...range, from: 5, count: 5 } }
    const { golden, explore } = await selectTasks(environment, wanted, () => '')
    return [...golden!, ...explore!].map(({ id }) => id)
  }

  it('are all of the split, in an order that their number alone fixes', async () => {
    expect((await idsOf(1)).toSorted()).toEqual(await idsOf())
    expect(await idsOf(1)).toEqual(await idsOf(1))
    expect(await idsOf(1)).not.toEqual(await idsOf())
    expect(await idsOf(1)).not.toEqual(await idsOf(2))
  })

  it('are shuffled alike, or else one task could serve twice', () => {
    const shuffled = fixture.replace('golden: { split: train,', 'golden: { split: train, shuffle: 1,')
    expect(() => parseRecipe(shuffled)).toThrow(/tasks in common/)
    expect(() =>
      parseRecipe(shuffled.replace('explore: { split: train,', 'explore: { split: train, shuffle: 1,')),
    ).not.toThrow()
  })
})

describe('the recipes that come with the package', () => {
  const names = readdirSync(recipes).filter(name => !name.endsWith('-base.yaml'))

  it.each(names)('%s can be read with each of its variants, and compares the arms of the method', name => {
    const file = join(recipes, name)
    const variants = Object.keys(parse(readFileSync(file, 'utf8')).variants ?? {})
    const arms = [[], ...variants.map(variant => [variant])].map(chosen =>
      Object.keys(readRecipe(file, { variants: chosen }).recipe.arms),
    )
    for (const names of arms) expect(names.slice(0, 3)).toEqual(['base', 'golden', 'step'])
    // Where it takes hours, by a variant.
    expect(arms.some(names => names[3] === 'step-unmasked')).toBe(true)
  })

  it('hold the set-up of the paper: student, teacher, three environments, one node and four', () => {
    const read = (...variants: string[]) => readRecipe(join(recipes, 'step-llama2-7b.yaml'), { variants }).recipe
    const environments = [read(), read('webshop'), read('sciworld')].map(({ environment }) => environment.name)
    expect(environments).toEqual(['alfworld', 'webshop', 'sciworld'])
    expect(new Set([read(), read('webshop'), read('sciworld')].map(({ name }) => name)).size).toBe(3)
    const { student, reflect, train } = read()
    expect(student).toMatch(/llama-2-7b-chat/)
    expect(reflect.teacher).toMatchObject({ model: { model: 'Qwen/Qwen1.5-110B-Chat' } })
    expect(train).toMatchObject({ engine: 'trl', trl: { processes: 8, sharding: 'fsdp2' } })
    expect(read('four-nodes').train.trl).toMatchObject({ processes: 8, nodes: { count: 4 } })
    expect(read('webshop', 'four-nodes').name).toBe(read('webshop').name)
  })
})
