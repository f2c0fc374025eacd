/**
 * Fetches the data of an environment, showing how far it is.
 * @module
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import { type Bars, createBars } from './bars.ts'
import { withInterruption } from './interruption.ts'

export interface AddFlags {
  from?: string
  url?: string
}

/** Brings one environment's data here; returns a line that says what is there now. */
type Add = (flags: AddFlags, bars: Bars, signal: AbortSignal) => Promise<string>

const ADDERS: Readonly<Record<string, Add>> = { alfworld: addAlfworldGames, webshop: addShop, sciworld: addSimulator }

/**
 * @throws {MisstepError} `usage` for an environment without data of its own, and whatever the download cannot do
 */
export async function addEnvironmentData(name: string, flags: AddFlags): Promise<void> {
  const add = Object.hasOwn(ADDERS, name) ? ADDERS[name] : undefined
  if (!add) {
    throw new MisstepError('usage', 'No data can be added for this environment', {
      value: name,
      advice: `Those with data of their own are ${Object.keys(ADDERS).join(', ')}.`,
    })
  }
  const bars = createBars()
  console.log(await withInterruption(signal => add(flags, bars, signal)).finally(bars.end))
}

async function addAlfworldGames(flags: AddFlags, bars: Bars, signal: AbortSignal): Promise<string> {
  const { addAlfworld } = await import('../environments/alfworld/download.ts')
  const { folder, splits } = await addAlfworld({
    ...flags,
    onProgress: ({ stage, done, total }) =>
      stage === 'download' ? bars.bytes('download', done, total) : bars.count(stage, done, total, 'files'),
    signal,
  })
  const counts = Object.entries(splits).map(([split, games]) => `${split} ${games}`)
  return `${folder}: ${counts.join(', ')} games`
}

/** The model that finds nouns; or, from a folder of the original's data, a shop that is built once. */
async function addShop({ from, url }: AddFlags, bars: Bars, signal: AbortSignal): Promise<string> {
  const { cacheFolder } = await import('../environments/cache-folder.ts')
  if (from !== undefined && !from.endsWith('.whl') && statSync(from, { throwIfNoEntry: false })?.isDirectory()) {
    const { buildShop } = await import('../environments/webshop/build-shop.ts')
    const folder = join(cacheFolder('webshop'), 'shop')
    const { products } = await buildShop(from, folder, {
      onProgress: (stage, done, total) => bars.count(stage, done, total, 'products'),
    })
    return `${folder}: ${products} products. In a recipe: environment: { name: webshop, catalogue: ${folder} }`
  }
  const { addNounModel } = await import('../environments/webshop/reward/spacy/add-noun-model.ts')
  const name = await addNounModel({
    ...(from !== undefined && { from }),
    ...(url !== undefined && { url }),
    onProgress: (bytes, total) => bars.bytes('download', bytes, total),
    signal,
  })
  return `${cacheFolder('webshop')}: the nouns of ${name}`
}

async function addSimulator(flags: AddFlags, bars: Bars, signal: AbortSignal): Promise<string> {
  const { addSciworld } = await import('../environments/sciworld/download.ts')
  const onProgress = (bytes: number, total: number | undefined) => bars.bytes('download', bytes, total)
  const { path, version } = await addSciworld({ ...flags, onProgress, signal })
  return `${path}: ScienceWorld ${version}`
}
