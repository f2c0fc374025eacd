import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { jar, needsJar } from './kit/sciworld.ts'
import { ensureBuilt, misstep } from './misstep.ts'

const RECIPE = `name: tiny
seed: 1
model: { hiddenSize: 16, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 32, contextLength: 512 }
tokenizer: { from: students/household-base }
play: { from: 1000000, most: 3, steps: [2, 4] }
train: { steps: 4, batchTokens: 600, learningRate: 0.003, warmUp: 0.1, weightDecay: 0.05, clipNorm: 1, saveEvery: 2 }
`

beforeAll(ensureBuilt)

/** Pre-trains in a new folder; returns what was said and, if it came to that, the weights and the tokenizer. */
async function pretrain(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'misstep-pretrain-'))
  const recipe = join(folder, 'recipe.yaml')
  writeFileSync(recipe, text)
  const ended = await misstep(['pretrain', recipe, '--runs', join(folder, 'runs'), '--to', join(folder, 'out')])
  const read = (name: string) => readFileSync(join(folder, 'out', name))
  return { ...ended, recipe, read }
}

describe('misstep pretrain', () => {
  it('makes the same checkpoint from the same recipe, byte for byte', async () => {
    const [first, second] = [await pretrain(RECIPE), await pretrain(RECIPE)]
    expect([first.code, second.code]).toEqual([0, 0])
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) {
      expect(first.read(name).equals(second.read(name)), name).toBe(true)
    }
    const other = await pretrain(RECIPE.replace('seed: 1', 'seed: 2'))
    expect(other.read('model.safetensors').equals(first.read('model.safetensors'))).toBe(false)
  })

  it('keeps moments in bfloat16 where the recipe says so, with the same bytes each time', async () => {
    const text = RECIPE.replace('saveEvery: 2', 'saveEvery: 2, states: bfloat16')
    const [first, second, exact] = [await pretrain(text), await pretrain(text), await pretrain(RECIPE)]
    expect([first.code, second.code, exact.code]).toEqual([0, 0, 0])
    const weights = first.read('model.safetensors')
    expect(second.read('model.safetensors').equals(weights)).toBe(true)
    expect(exact.read('model.safetensors').equals(weights)).toBe(false)
  })

  it('can count a tokenizer of its own', async () => {
    const made = await pretrain(
      RECIPE.replace('{ from: students/household-base }', '{ vocabularySize: 400, games: 3 }'),
    )
    expect(made.code).toBe(0)
    expect(JSON.parse(String(made.read('config.json'))).vocab_size).toBe(400)
  })

  it('makes a student from walks through the shop as well', async () => {
    const shop = '{ environment: webshop, from: 7, products: 60, walks: 3, goals: human, steps: [1, 3] }'
    const text = RECIPE.replace('{ from: 1000000, most: 3, steps: [2, 4] }', shop)
    const [first, second] = [await pretrain(text), await pretrain(text)]
    expect([first.code, second.code]).toEqual([0, 0])
    expect(first.read('model.safetensors').equals(second.read('model.safetensors'))).toBe(true)
    const other = await pretrain(text.replace('from: 7', 'from: 8'))
    expect(other.read('model.safetensors').equals(first.read('model.safetensors'))).toBe(false)
  })

  it.skipIf(!jar)(`makes a student from walks through the house of SciWorld as well${needsJar}`, async () => {
    const house = '{ environment: sciworld, from: 0, kinds: [find-plant], simplifications: easy, steps: [1, 3] }'
    const text = RECIPE.replace('{ from: 1000000, most: 3, steps: [2, 4] }', house)
    const [first, second] = [await pretrain(text), await pretrain(text)]
    expect([first.code, second.code]).toEqual([0, 0])
    expect(first.read('model.safetensors').equals(second.read('model.safetensors'))).toBe(true)
    const other = await pretrain(text.replace('from: 0', 'from: 1'))
    expect(other.read('model.safetensors').equals(first.read('model.safetensors'))).toBe(false)
    const { code, stderr } = await pretrain(text.replace('easy', 'openDoors'))
    expect(code).toBe(2)
    expect(stderr).toContain('play.simplifications')
  })

  it('names the line and the column of a mistake in the recipe', async () => {
    const { code, stderr, recipe } = await pretrain(RECIPE.replace('saveEvery: 2', 'saveEvery: often'))
    expect(code).toBe(2)
    expect(stderr).toContain(`${recipe}:6:`)
    expect(stderr).toContain('train.saveEvery')
  })
})
