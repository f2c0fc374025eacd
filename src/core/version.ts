/**
 * The package's own version, as written into provenance.
 * @module
 */
import { readFileSync } from 'node:fs'

/** The version in package.json, such as `0.1.0`. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
