/**
 * `npm run quickstart`: sets the clone up, then runs the quickstart recipe; further arguments go to `misstep run`.
 * The command runs in this very process, so Ctrl-C and signals reach it as they are.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp } from './setup.mjs'

setUp()
process.chdir(root)
process.argv.splice(2, 0, 'run', join('recipes', 'quickstart.yaml'))
await import(pathToFileURL(join(root, 'dist', 'cli', 'main.js')).href)
