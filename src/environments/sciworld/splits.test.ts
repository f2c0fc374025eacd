import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ETO_STEP_LIMITS } from './eto-splits.ts'
import { listTasks, readTaskId, remarksOn } from './splits.ts'
import { findTaskKind, TASK_KINDS } from './task-kinds.ts'

const data = process.env.MISSTEP_TEST_DATA ?? '../shared/data'
const read = (...path: string[]) => JSON.parse(readFileSync(join(data, ...path), 'utf8'))

describe('listTasks', () => {
  it('knows all 7,207 official variations, each once', () => {
    const counts = ['train', 'dev', 'test'].map(split => listTasks('official', split).length)
    expect(counts).toEqual([3592, 1796, 1819])
    const ids = ['train', 'dev', 'test'].flatMap(split => listTasks('official', split).map(({ id }) => id))
    expect(new Set(ids.map(id => id.slice(id.indexOf('/')))).size).toBe(7207)
    expect(TASK_KINDS.reduce((sum, { variations }) => sum + variations, 0)).toBe(7207)
  })

  it('knows the splits of ETO, and that 54 of those it calls seen are also trained on', () => {
    expect(['train', 'seen', 'unseen'].map(split => listTasks('eto', split).length)).toEqual([1483, 194, 211])
    expect(remarksOn('eto')).toEqual(['54 of the 194 tasks of seen are also in train: so ETO made its splits'])
    expect(remarksOn('official')).toEqual([])
    expect(new Set(listTasks('eto', 'train').map(({ kind }) => kind)).size).toBe(24)
  })

  it('lists only some kinds, by whichever name they are called', () => {
    const [task, ...rest] = listTasks('eto', 'unseen', ['task-1-boil'])
    expect(task).toEqual({ id: 'unseen/boil/21', environment: 'sciworld', split: 'unseen', kind: 'boil' })
    expect(rest).toHaveLength(8)
  })

  it('says which splits there are', () => {
    expect(() => listTasks('eto', 'test')).toThrow(/no such split.*"test"[\s\S]*train, seen, unseen/)
  })

  describe.skipIf(!existsSync(join(data, 'sciworld')))('against published lists (needs shared data)', () => {
    it('has the official splits', () => {
      for (const [name, { variations, ...splits }] of Object.entries<Record<string, number[]>>(
        read('sciworld', 'splits.json'),
      )) {
        expect(findTaskKind(name).variations).toBe(variations)
        for (const [split, [first, last, count]] of Object.entries(splits)) {
          const found = listTasks('official', split, [name]).map(({ id }) => readTaskId(id).variation)
          expect([found[0], found.at(-1), found.length], `${name} ${split}`).toEqual([first, last, count])
        }
      }
    })

    it('has the splits of ETO and its step limits', () => {
      for (const [ours, theirs] of [
        ['train', 'train'],
        ['seen', 'dev'],
        ['unseen', 'test'],
      ] as const) {
        const listed = read('splits', 'eto', 'sciworld', `${theirs}_indices.json`) as [string, number][]
        const expected = listed.map(([name, variation]) => `${ours}/${findTaskKind(name).name}/${variation}`).sort()
        expect(
          listTasks('eto', ours)
            .map(({ id }) => id)
            .sort(),
        ).toEqual(expected)
      }
      const limits = Object.entries<number>(read('splits', 'eto', 'sciworld', 'max_steps.json'))
      expect(Object.fromEntries(limits.map(([name, limit]) => [findTaskKind(name).name, limit]))).toEqual(
        ETO_STEP_LIMITS,
      )
    })
  })
})

describe('readTaskId', () => {
  it('reads kind and variation', () => {
    expect(readTaskId('seen/find-plant/150')).toEqual({ kind: 'find-plant', variation: 150 })
  })

  it('refuses what is no task, and says what there is', () => {
    expect(() => readTaskId('train/fly/0')).toThrow(/no such kind of task[\s\S]*boil, melt/)
    expect(() => readTaskId('train/boil/30')).toThrow(/boil has no such variation: 30[\s\S]*0 to 29/)
    for (const id of ['', 'boil', 'train/boil/-1', 'train/boil/1.5', '../../etc/passwd', 'train/boil/0/1'])
      expect(() => readTaskId(id), id).toThrow(/no task of SciWorld|no such kind/)
  })
})

describe('findTaskKind', () => {
  it('knows numbers, titles and the names of older versions', () => {
    expect(findTaskKind('10-2').name).toBe('mendelian-genetics-unknown-plant')
    expect(findTaskKind('task-10-measure-melting-point-(known-substance)').name).toBe(
      'measure-melting-point-known-substance',
    )
    expect(findTaskKind('task-9-mendellian-genetics-known-plant').id).toBe('10-1')
    expect(findTaskKind('Matter Changes of State (Boiling)').name).toBe('boil')
  })
})
