/**
 * `npm run bench -- webshop-search [--documents n] [--folder path]`: builds the search index of a made-up catalogue the
 * size of WebShop's full one, opens it in a process of its own and searches it. The last line is one JSON object.
 *
 * Each made-up product mixes the words of three products of the small set (`MISSTEP_TEST_DATA` or `../shared/data`), as
 * many as a product of it has; words that occur once there become new words, of which some millions come up. So word
 * frequencies, lengths and the growth of the vocabulary are those of the small set. Without it, products and queries
 * are made of words of our own, as frequent as Zipf's law says. Always the same products for the same number.
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { createRandom, type Random } from '../src/core/random.ts'
import { buildIndexFile, openIndexFile } from '../src/environments/webshop/search/build-index.ts'

const data = join(process.env.MISSTEP_TEST_DATA ?? '../shared/data', 'webshop')
const hasData = existsSync(data)
const queriesOfAKind = 1000

const { values: flags } = parseArgs({
  options: { documents: { type: 'string' }, folder: { type: 'string' }, search: { type: 'string' } },
  strict: false,
})

const read = (name: string) => gunzipSync(readFileSync(join(data, `${name}.gz`))).toString()

/** The words of the small set by product; or of products of our own, word n as often as 1 / n says. */
function readSources(): string[][] {
  if (hasData) {
    const lines = read('documents_1k.jsonl').trim().split('\n')
    return lines.map(line => (JSON.parse(line).contents as string).split(/\s+/).filter(word => word !== ''))
  }
  const random = createRandom('bench webshop-search words')
  return Array.from({ length: 1000 }, () =>
    Array.from({ length: 20 + random.integer(200) }, () => makeWord(Math.floor(30_000 ** random.next()))),
  )
}

/** A word for each number: the higher the rarer and the longer. */
function makeWord(number: number): string {
  const syllables = ['ba', 'co', 'di', 'fu', 'ge', 'la', 'mo', 'ni', 'pu', 're', 'sa', 'to', 'vi', 'wu', 'ze', 'xi']
  let word = ''
  for (let rest = number; rest > 0; rest = Math.floor(rest / 16)) word = syllables[rest % 16] + word
  return word
}

function* makeDocuments(sources: readonly string[][], count: number): Generator<{ id: string; contents: string }> {
  const times = new Map<string, number>()
  for (const word of sources.flat()) times.set(word, (times.get(word) ?? 0) + 1)
  const repeated = sources.map(words => words.map(word => (times.get(word) === 1 ? undefined : word)))
  const random = createRandom('bench webshop-search documents')
  for (let i = 0; i < count; i++) {
    const mixed = [random.pick(repeated), random.pick(repeated), random.pick(repeated)]
    const words: string[] = []
    for (let left = random.pick(sources).length; left > 0; left--) {
      const word = random.pick(random.pick(mixed))
      words.push(word ?? `${makeWord(Math.floor(1e8 ** random.next()))}${random.integer(3)}`)
    }
    // A permutation of the numbers below 36^7: ids look as ASINs do and come in no order.
    const id = ((i * 48_271 + 11) % 36 ** 7).toString(36).toUpperCase().padStart(7, '0')
    yield { id: `B0${id}`, contents: words.join(' ') }
  }
}

/** What people searched for, some words each, and whole instructions; or stretches of products of our own. */
function chooseQueries(sources: readonly string[][], random: Random): { short: string[]; long: string[] } {
  const stretch = (length: number) => {
    const words = random.pick(sources)
    const start = random.integer(words.length)
    return words.slice(start, start + length).join(' ')
  }
  const own = (length: number) => Array.from({ length: queriesOfAKind }, () => stretch(length))
  if (!hasData) return { short: own(5), long: own(15) }
  const short = Object.values(JSON.parse(read('goal_query_map.json')) as Record<string, string[]>).flat()
  const long = JSON.parse(read('human_goals.json')) as string[]
  return {
    short: random.shuffle(short).slice(0, queriesOfAKind),
    long: random.shuffle(long).slice(0, queriesOfAKind),
  }
}

/** The processor time that this process has taken: says the same when other work shares the machine. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** In a process of its own: opens an index, searches, and prints what it took. */
async function measureSearch(path: string) {
  const before = process.memoryUsage().rss
  const start = performance.now()
  const shop = await openIndexFile(path)
  const startSeconds = (performance.now() - start) / 1000
  const sources = readSources()
  const queries = chooseQueries(sources, createRandom('bench webshop-search queries'))
  const measure = (texts: readonly string[]) => {
    const by = (now: () => number) => {
      const times = texts.map(text => {
        const from = now()
        shop.search(text)
        return now() - from
      })
      times.sort((a, b) => a - b)
      return {
        queriesPerSecond: texts.length / times.reduce((sum, time) => sum + time, 0),
        medianMilliseconds: times[Math.floor(times.length / 2)]! * 1000,
        percentile95Milliseconds: times[Math.floor(times.length * 0.95)]! * 1000,
      }
    }
    return { queries: texts.length, clock: by(() => performance.now() / 1000), processor: by(processorSeconds) }
  }
  const result = { queries: measure(queries.short), instructions: measure(queries.long) }
  const residentBytes = process.memoryUsage().rss
  const peakResidentBytes = process.resourceUsage().maxRSS * 1024
  shop.close()
  console.log(
    JSON.stringify({ startSeconds, residentBeforeBytes: before, residentBytes, peakResidentBytes, ...result }),
  )
}

async function main() {
  const count = Number(flags.documents ?? 1_180_000)
  const folder = await mkdtemp(join(typeof flags.folder === 'string' ? flags.folder : tmpdir(), 'misstep-bench-'))
  try {
    const path = join(folder, 'catalogue.search')
    const sources = readSources()
    const [start, used] = [performance.now(), processorSeconds()]
    // Making up the products takes time too, which is not the index's.
    let making = 0
    const timed = function* () {
      const products = makeDocuments(sources, count)
      for (let left = count; left > 0; left -= 1000) {
        const from = processorSeconds()
        const some = Array.from({ length: Math.min(left, 1000) }, () => products.next().value!)
        making += processorSeconds() - from
        yield* some
      }
    }
    const built = await buildIndexFile(timed(), path)
    const build = {
      ...built,
      buildSeconds: (performance.now() - start) / 1000 - making,
      buildProcessorSeconds: processorSeconds() - used - making,
      buildPeakResidentBytes: process.resourceUsage().maxRSS * 1024,
    }
    const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
    console.log(`${count} products, ${hasData ? 'mixed from the small set' : 'of words of our own'}`)
    console.log(
      `built in ${build.buildSeconds.toFixed(0)} s (${build.buildProcessorSeconds.toFixed(0)} s of processor time), ` +
        `${megabytes(build.buildPeakResidentBytes)} MB at most; ${built.words} words, ${megabytes(built.bytes)} MB`,
    )

    const self = process.argv[1]!
    const command = self.endsWith('.ts')
      ? [fileURLToPath(new URL('../scripts/bench.mjs', import.meta.url)), 'webshop-search']
      : [self]
    const { stdout } = await promisify(execFile)(process.execPath, [...command, '--search', path])
    const search = JSON.parse(stdout.trim().split('\n').at(-1)!)
    console.log(
      `opened in ${(search.startSeconds * 1000).toFixed(0)} ms, ${megabytes(search.residentBytes)} MB resident`,
    )
    for (const [words, times] of [
      ['queries', search.queries],
      ['whole instructions', search.instructions],
    ] as const) {
      for (const [measured, unit] of [
        [times.clock, 'ms'],
        [times.processor, 'ms of processor time'],
      ]) {
        console.log(
          `${words}: median ${measured.medianMilliseconds.toFixed(2)}, 95th percentile ` +
            `${measured.percentile95Milliseconds.toFixed(2)} ${unit}; ${measured.queriesPerSecond.toFixed(0)} a second`,
        )
      }
    }
    console.log(JSON.stringify({ bench: 'webshop-search', products: hasData ? 'small set' : 'own', ...build, search }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (typeof flags.search === 'string') await measureSearch(flags.search)
else await main()
