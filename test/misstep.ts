/**
 * Runs the command line as a user does: the built program, in a process of its own.
 * @module
 */
import { execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Builds dist where it is older than the source; call it before the first `misstep`. */
export function ensureBuilt(): void {
  execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, stdio: 'inherit' })
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface MisstepOptions {
  /** What is typed, or piped in. */
  input?: string
  folder?: string
  environment?: Record<string, string>
  /** Is given a way to send the program a signal. */
  onStart?: (send: (signal: NodeJS.Signals) => void) => void
}

/** Runs `misstep` with these arguments to its end. */
export function misstep(args: readonly string[], options: MisstepOptions = {}): Promise<Ended> {
  const { input = '', folder = root, environment, onStart } = options
  const { CI: _, FORCE_COLOR: __, NO_COLOR: ___, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...inherited, ...environment },
  })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    ended.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    ended.stderr += chunk
  })
  // A program that ends before it has read all that is piped in is no failure of the test.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  onStart?.(signal => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ ...ended, code }))
  })
}
