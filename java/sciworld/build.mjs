/**
 * `node java/sciworld/build.mjs [folder]`: compiles the bridge to the simulator into sciworld-bridge.jar, beside this file
 * or in another folder. Needs a JDK of version 17 or newer; those who only run it need any Java of version 8 or newer.
 * The jar is committed, because most users have no compiler; its entry SOURCE says what it was made from, and a test
 * makes it again.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('misstep/', import.meta.url))
/** Declarations of what the bridge uses of the simulator, which is not there when it is compiled. */
const stubs = fileURLToPath(new URL('stubs/', import.meta.url))
const target = join(resolve(process.argv[2] ?? fileURLToPath(new URL('.', import.meta.url))), 'sciworld-bridge.jar')

const files = readdirSync(sources).sort()
const hash = createHash('sha256')
for (const name of files) hash.update(readFileSync(join(sources, name)))
const compiler = execFileSync('javac', ['-version'], { encoding: 'utf8' }).trim()

const folder = mkdtempSync(join(tmpdir(), 'misstep-bridge-'))
try {
  const compile = (target, ...options) =>
    execFileSync('javac', ['--release', '8', '-d', target, ...options], { stdio: 'inherit' })
  const declared = readdirSync(stubs, { recursive: true }).filter(name => name.endsWith('.java'))
  compile(join(folder, 'stubs'), '-Xlint:-options', ...declared.map(name => join(stubs, name)))
  const paths = files.map(name => join(sources, name))
  compile(folder, '-Xlint:all,-options', '-Werror', '-cp', join(folder, 'stubs'), ...paths)
  writeFileSync(join(folder, 'SOURCE'), `sha256 ${hash.digest('hex')}\n${compiler}\n`)
  const classes = readdirSync(join(folder, 'misstep')).sort()
  const entries = ['SOURCE', ...classes.map(name => `misstep/${name}`)]
  // Neither compressed nor dated: the same sources and compiler give the same bytes.
  const options = ['--create', '--no-manifest', '--no-compress', '--date', '2000-01-01T00:00:00Z', '--file', target]
  execFileSync('jar', [...options, ...entries], { cwd: folder, stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
