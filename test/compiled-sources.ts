/**
 * The project's sources as JavaScript, for tests that need a process of their own: Node 20 does not run TypeScript.
 * @module
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { hashText } from '../src/store/hash.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'misstep-test')
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}

/**
 * The URL of a module of `src/`, compiled with all that it imports, to import it in another process. Types are not checked.
 * What was compiled is used again until a source changes.
 *
 * @example
 * compiledSource('store/jsonl.ts') // file:///…/src/store/jsonl.js
 */
export function compiledSource(path: string): string {
  const sources = [...collect(path, new Map())].map(([name, text]) => ({ name, text }))
  const version = hashText(sources.map(({ name, text }) => `${name}\n${text}`).join('\n')).slice(0, 12)
  const folder = join(cache, version)
  if (!existsSync(folder)) {
    removeOld()
    // Built aside, since several test files may come here at once.
    const aside = `${folder}.${process.pid}`
    for (const { name, text } of sources) {
      const file = join(aside, 'src', name.replace(/\.ts$/, '.js'))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, compileText(text))
    }
    cpSync(join(root, 'prompts'), join(aside, 'prompts'), { recursive: true })
    writeFileSync(join(aside, 'package.json'), readFileSync(join(root, 'package.json')))
    try {
      renameSync(aside, folder)
    } catch {
      rmSync(aside, { recursive: true, force: true })
    }
  }
  return pathToFileURL(join(folder, 'src', path.replace(/\.ts$/, '.js'))).href
}

/** A source and all that it imports, by their paths in `src/`. */
function collect(path: string, found: Map<string, string>): Map<string, string> {
  if (found.has(path)) return found
  const text = readFileSync(join(root, 'src', path), 'utf8')
  found.set(path, text)
  for (const { fileName } of ts.preProcessFile(text).importedFiles) {
    if (fileName.startsWith('.')) collect(posix.join(posix.dirname(path), fileName), found)
  }
  return found
}

/** One TypeScript module as JavaScript. */
export function compileText(text: string): string {
  return ts.transpileModule(text, { compilerOptions }).outputText
}

function removeOld(): void {
  mkdirSync(cache, { recursive: true })
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 86_400_000) rmSync(path, { recursive: true, force: true })
  }
}
