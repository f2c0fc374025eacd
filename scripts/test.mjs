/**
 * `npm test`: lint, types, build and all tests. Goes through all of them even when one fails; the last line counts.
 * With arguments, such as a path, only vitest is run, and they go to it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, installPackages, requireNode, succeedsNode } from './setup.mjs'

requireNode()
if (!installPackages()) {
  console.log('The packages could not be installed.\n0 passed, 1 failed')
  process.exit(1)
}

const only = process.argv.slice(2)
const checks = {
  build: () => build(),
  lint: () => succeedsNode('@biomejs/biome/bin/biome', ['check', '--error-on-warnings']),
  types: () => succeedsNode('typescript/bin/tsc', ['-p', 'tsconfig.json']),
}
const failedChecks = Object.keys(checks).filter(name => {
  if (only.length > 0 && name !== 'build') return false
  console.log(`\n${name} ...`)
  return !checks[name]()
})

const { passed, failed, skipped } = runTests()
if (failedChecks.length > 0) console.log(`\nfailed besides the tests: ${failedChecks.join(', ')}`)
const failures = failed + failedChecks.length
process.exitCode = failures > 0 ? 1 : 0
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'misstep-test-'))
  const file = join(folder, 'results.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`]
    const succeeded = succeedsNode('vitest/vitest.mjs', ['run', ...reporters, ...only])
    const results = JSON.parse(readFileSync(file, 'utf8'))
    // A file that cannot even be loaded has no tests, and counts as one failure.
    const unloaded = results.testResults.filter(each => each.status === 'failed' && each.assertionResults.length === 0)
    const failed = results.numFailedTests + unloaded.length
    return {
      passed: results.numPassedTests,
      // Vitest also fails for what no test owns, such as a promise that is rejected after the tests.
      failed: succeeded ? failed : Math.max(1, failed),
      skipped: results.numPendingTests + results.numTodoTests,
    }
  } catch (error) {
    console.error(`The tests left no result: ${error.message}`)
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
