/**
 * A run that is through in seconds: the light switches of the documentation, and a student of a few thousand weights.
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LlamaConfig, saveCheckpoint } from '../src/checkpoint/index.ts'
import { STUDENT_CHAT, trainTokenizer, writeTokenizer } from '../src/render/index.ts'
import { initialTensors } from '../src/train/embedded/initialise.ts'
import { compiledSource, compileText } from './compiled-sources.ts'

/** Makes a folder with `recipe.yaml`, its environment and its student. */
export async function makeTinyRun(): Promise<{ folder: string; recipe: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'misstep-run-'))
  const recipe = join(folder, 'recipe.yaml')
  writeFileSync(recipe, readFileSync(new URL('./fixtures/test-recipe.yaml', import.meta.url)))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'light-switches.js'), lightSwitches())
  const parts = ['core/environment.ts', 'core/random.ts'].map(compiledSource)
  writeFileSync(join(folder, 'misstep.js'), parts.map(part => `export * from ${JSON.stringify(part)}\n`).join(''))
  await makeTinyStudent(join(folder, 'student'))
  return { folder, recipe }
}

/** The documentation's environment, as a user would have it after compiling; of `misstep` only what it imports. */
function lightSwitches(): string {
  const text = readFileSync(new URL('../docs/examples/light-switches.ts', import.meta.url), 'utf8')
  return compileText(text.replace("from 'misstep'", "from './misstep.js'"))
}

/** A student with random weights that can read and write what is said about switches. */
async function makeTinyStudent(folder: string): Promise<void> {
  const words = 'Thought: Action: flip switch 1 I try The lamp is dark. lit On: none off I turn it not Leave all others'
  const file = trainTokenizer(Array(20).fill(words), { vocabularySize: 320, specialTokens: STUDENT_CHAT.specialTokens })
  const tokenizer = `${folder}-tokenizer`
  mkdirSync(tokenizer)
  await writeTokenizer(tokenizer, file)
  const config: LlamaConfig = {
    vocabularySize: file.added_tokens.length + Object.keys(file.model.vocab).length,
    hiddenSize: 16,
    layers: 1,
    heads: 2,
    keyValueHeads: 1,
    headSize: 8,
    intermediateSize: 32,
    ropeTheta: 10000,
    normEpsilon: 1e-5,
    contextLength: 1024,
    tiedEmbeddings: true,
  }
  await saveCheckpoint(folder, { config, tensors: initialTensors(config, 1), tokenizerFrom: tokenizer })
}
