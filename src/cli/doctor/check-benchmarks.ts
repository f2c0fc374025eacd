/**
 * Checks of what is optional: the benchmarks' data, and the Java that SciWorld runs on.
 * @module
 */
import { type Check, firstLineOf } from './check.ts'

export async function checkBenchmarks(): Promise<Check[]> {
  return Promise.all([
    check('ALFWorld games', 'misstep env add alfworld', findGames),
    check('SciWorld simulator', 'misstep env add sciworld', async () => {
      const { openSimulatorJar } = await import('../../environments/sciworld/simulator-jar.ts')
      const { path, version } = await openSimulatorJar()
      return `ScienceWorld ${version} in ${path}`
    }),
    check(
      'Java, for SciWorld',
      'Install version 8 or newer: apt install default-jre-headless, or https://adoptium.net. MISSTEP_JAVA names another one.',
      async () => {
        const { findJava } = await import('../../environments/sciworld/find-java.ts')
        const { path, version } = await findJava()
        return `Java ${version}: ${path}`
      },
    ),
    check("noun model, for WebShop's original data", 'misstep env add webshop', async () => {
      const { openNouns } = await import('../../environments/webshop/reward/open-nouns.ts')
      const { name, approximate } = openNouns()
      if (approximate) throw new Error('not there: rewards are approximate')
      return name
    }),
  ])
}

async function findGames(): Promise<string> {
  const { alfworldFolder } = await import('../../environments/alfworld/download.ts')
  const { openGameLibrary } = await import('../../environments/alfworld/game-library.ts')
  const folder = alfworldFolder()
  const library = await openGameLibrary(folder)
  let games = 0
  for (const split of library.splits) games += library.entries(split).length
  return `${games} games (${library.version}) in ${folder}`
}

/** What `find` says is found, or the first line of what it throws. */
async function check(name: string, advice: string, find: () => Promise<string>): Promise<Check> {
  try {
    return { name, needed: false, ok: true, found: await find() }
  } catch (error) {
    return { name, needed: false, ok: false, found: firstLineOf(error), advice }
  }
}
