import { describe, expect, it } from 'vitest'
import { createProgram } from './program.ts'

const file = 'nowhere/nothing.jsonl'

describe('a file or folder that is not there', () => {
  it.each([
    ['run', file],
    ['report', file],
    ['report', 'src', file],
    ['show', file],
    ['show', 'package.json', '--student', file],
    ['show', 'package.json', '--trajectories', 'package.json', file],
    ['import', file, '--from', 'eto', '--environment', 'households', '--to', 'x'],
    ['lint', file],
    ['lint', 'package.json', '--trajectories', file],
    ['export', file, '--to', 'trl', '--out', 'x'],
    ['fine-tune', file, '--model', 'm'],
    ['replay', 'households', file],
    ['replay', 'webshop', 'package.json', '--catalogue', file],
    ['play', 'alfworld', '--games', file],
    ['shop', '--catalogue', file],
    ['env', 'add', 'webshop', '--from', file],
    ['teacher-report', file],
    ['teacher-report', 'package.json', '--recipe', file],
    ['pretrain', file],
    ['convert', file, '--to', 'x'],
    ['evaluate', 'households', '--model', 'm', '--replay', file],
  ])('is wrong use, whichever command reads it: %s %s %s', async (...args) => {
    const ended = createProgram().parseAsync(['node', 'misstep', ...args])
    await expect(ended).rejects.toMatchObject({ code: 'usage', value: file })
  })
})
