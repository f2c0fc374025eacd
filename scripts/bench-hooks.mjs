/**
 * Lets Node run the TypeScript of bench/ as it is, on top of the compiled dist/ in place of src/: what is measured is
 * what is shipped.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const source = new URL('../src/', import.meta.url).href
const compiled = new URL('../dist/', import.meta.url).href

/** In a process of its own: what the compiler takes would be counted in the benches' memory. */
const PROGRAM = `
const { ModuleKind, ScriptTarget, transpileModule } = require('typescript')
const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext }
const text = require('node:fs').readFileSync(process.argv[1], 'utf8')
process.stdout.write(transpileModule(text, { compilerOptions }).outputText)`

export async function resolve(specifier, context, next) {
  const url = /^\.{1,2}\//.test(specifier) ? new URL(specifier, context.parentURL).href : specifier
  if (url.startsWith(source)) return next(url.replace(source, compiled).replace(/\.ts$/, '.js'), context)
  return next(specifier, context)
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const source = execFileSync(process.execPath, ['--eval', PROGRAM, fileURLToPath(url)], { encoding: 'utf8' })
  return { format: 'module', source, shortCircuit: true }
}
