/**
 * Lets Node run the TypeScript of bench/ as it is, on top of the compiled dist/ in place of src/: what is measured is
 * what is shipped.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript'

const source = new URL('../src/', import.meta.url).href
const compiled = new URL('../dist/', import.meta.url).href

export async function resolve(specifier, context, next) {
  const url = /^\.{1,2}\//.test(specifier) ? new URL(specifier, context.parentURL).href : specifier
  if (url.startsWith(source)) return next(url.replace(source, compiled).replace(/\.ts$/, '.js'), context)
  return next(specifier, context)
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const compilerOptions = { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext }
  const text = await readFile(fileURLToPath(url), 'utf8')
  const { outputText } = typescript.transpileModule(text, { compilerOptions })
  return { format: 'module', source: outputText, shortCircuit: true }
}
