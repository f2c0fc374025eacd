#!/usr/bin/env node
/**
 * The command `misstep`.
 * @module
 */
import { endWith } from './end-with.ts'
import { createProgram } from './program.ts'

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = endWith(error)
}
