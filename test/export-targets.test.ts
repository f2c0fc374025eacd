import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { dialectNamed, exportRows, weightedConversation } from '../src/export/index.ts'
import { erringTrajectories, studentExamples } from './kit/student-examples.ts'

const python = process.env.MISSTEP_PYTHON ?? ''
const student = 'students/household-base'

/** Each dialect, and the target in export-targets.py whose own code reads it. */
const TARGETS = [
  ['axolotl', 'axolotl'],
  ['axolotl-tokens', 'axolotl_tokens'],
  ['ms-swift', 'ms_swift'],
  ['llama-factory', 'llama_factory'],
  ['mistral', 'mistral'],
  ['tinker', 'tinker'],
  ['together', 'together'],
  ['together-messages', 'together'],
] as const

describe.skipIf(python === '')(
  "targets' own code (skipped without MISSTEP_PYTHON, a Python with their packages)",
  () => {
    it.each(TARGETS)(
      'reads our %s: trains what we trained, or passes it by its own check',
      async (dialect, target) => {
        const folder = mkdtempSync(join(tmpdir(), 'misstep-targets-'))
        const examples = await studentExamples(student, 12)
        const tokens = join(folder, 'rows.jsonl')
        writeFileSync(tokens, examples.map(example => `${JSON.stringify(example)}\n`).join(''))
        const conversations = erringTrajectories(12).map(one => weightedConversation(one, { mask: 'errors' }))
        const chosen = dialectNamed(dialect)
        const out = join(folder, `export.${chosen.file}`)
        if (chosen.reads === 'examples') await exportRows(chosen, examples, out)
        else await exportRows(chosen, conversations, out)
        const { stdout } = await promisify(execFile)(python, ['test/export-targets.py', target, student, out, tokens], {
          env: {
            ...process.env,
            HF_HUB_OFFLINE: '1',
            HF_DATASETS_CACHE: join(folder, 'cache'),
            DISABLE_VERSION_CHECK: '1',
          },
          maxBuffer: 1 << 26,
        })
        const result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { missing?: string; compared?: number }
        // Nobody has all of these trainers in one Python.
        if (result.missing !== undefined)
          return console.warn(`${dialect} was not compared: there is no ${result.missing}`)
        expect(result).toMatchObject({ different: null })
        expect(result.compared).toBeGreaterThanOrEqual(target === 'together' ? 1 : 12)
      },
      600_000,
    )
  },
)
