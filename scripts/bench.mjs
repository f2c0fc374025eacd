/**
 * `npm run bench -- <name> [--json]`: runs bench/<name>.ts against the built package.
 * Without a name, or with one that is not there, says which there are.
 */
import { existsSync, readdirSync } from 'node:fs'
import { register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp } from './setup.mjs'

const [name = '', ...rest] = process.argv.slice(2)
const file = join(root, 'bench', `${name}.ts`)
if (!/^[a-z0-9-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(join(root, 'bench')).filter(each => each.endsWith('.ts') && !each.endsWith('.test.ts'))
  console.error(`${name ? `There is no bench "${name}". ` : ''}npm run bench -- <name> [--json]`)
  console.error(`Names: ${names.map(each => each.slice(0, -3)).join(', ')}`)
  process.exit(2)
}
setUp()
register('./bench-hooks.mjs', import.meta.url)
process.argv = [process.argv[0], file, ...rest]
await import(pathToFileURL(file).href)
