/**
 * Makes a clone ready to run: installs the packages and builds, each only where it is needed.
 * Written so that an old Node can still read it and is told what is wrong.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'dist', '.built')

/** Stops with a clear word on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Misstep needs Node 20.19 or newer; this is Node ${process.versions.node}. See https://nodejs.org.`)
  process.exit(1)
}

/** Runs a program, showing what it prints; true when it succeeds. */
export function succeeds(command, args, environment) {
  const options = { cwd: root, stdio: 'inherit', env: Object.assign({}, process.env, environment) }
  const result = spawnSync(command, args, options)
  if (result.error) console.error(`Cannot run ${command}: ${result.error.message}`)
  return result.status === 0
}

/** Runs a package's own program with this very Node. */
export function succeedsNode(path, args) {
  return succeeds(process.execPath, [join(root, 'node_modules', path)].concat(args))
}

/** Installs what package-lock.json names, unless that is here already. */
export function installPackages() {
  const lock = join(root, 'package-lock.json')
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true
  console.error('Installing packages (npm ci) ...')
  // The CPU library is inside onnxruntime-node; its install step would download a GPU build.
  const environment = { ONNXRUNTIME_NODE_INSTALL: 'skip' }
  const npm = process.env.npm_execpath
  if (npm && /\.c?js$/.test(npm)) return succeeds(process.execPath, [npm, 'ci', '--loglevel=warn'], environment)
  return succeeds(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--loglevel=warn'], environment)
}

/** Compiles src to dist, unless dist was made from these very files. */
export function build() {
  const made = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return true
  console.error('Building (tsc) ...')
  if (!succeedsNode('typescript/bin/tsc', ['-p', 'tsconfig.build.json'])) return false
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, made)
  return true
}

/** A hash of the names, sizes and times of all that the build is made from. */
function fingerprint() {
  const hash = createHash('sha256')
  const add = path => {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path}\n${size}\n${mtimeMs}\n`)
  }
  const walk = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (!path.endsWith('.test.ts')) add(path)
    }
  }
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) add(join(root, name))
  walk(join(root, 'src'))
  return hash.digest('hex')
}

/** Node new enough, packages installed, dist built; ends the process with 1 where that fails. */
export function setUp() {
  requireNode()
  if (!installPackages() || !build()) process.exit(1)
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) setUp()
