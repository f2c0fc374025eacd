import { describe, expect, it } from 'vitest'
import { jar, needsJar } from '../../test/kit/sciworld.ts'
import type { Environment } from '../core/environment.ts'
import { openEnvironment } from '../environments/registry.ts'
import { chooseTasks, findProtocol, usualSplit } from './protocol.ts'

/** An environment with this many tasks in each split. */
const withTasks = (name: string, splits: Record<string, string[]>) =>
  ({
    ...{ name, splits: Object.keys(splits), version: `${name} 1` },
    tasks: async (split: string) => splits[split]!.map(id => ({ id, environment: name, split, kind: 'k' })),
  }) as unknown as Environment

const upTo = (length: number, prefix = '') => Array.from({ length }, (_, index) => `${prefix}${index}`)
const eto = (environment: string) => ({ name: 'eto', tasks: findProtocol('eto', environment).tasks })

describe('the protocol eto', () => {
  it('plays all 134 unseen games of ALFWorld, 40 steps each, and says so where they are fewer', async () => {
    const { stepLimit } = eto('alfworld').tasks
    expect(stepLimit).toBe(40)
    const environment = withTasks('alfworld', { unseen: upTo(134) })
    expect(await chooseTasks(environment, 'unseen', eto('alfworld'))).toMatchObject({ differences: [] })
    const { tasks, differences } = await chooseTasks(environment, 'unseen', eto('alfworld'), 10)
    expect({ ids: tasks.map(({ id }) => id), differences }).toEqual({
      ids: upTo(10),
      differences: ['10 tasks of 134'],
    })
  })

  it('plays its 200 human goals of WebShop in its order, wherever their splits have them', async () => {
    const goals = upTo(12_087, 'human-')
    const environment = withTasks('webshop', { test: goals.slice(0, 500), train: goals.slice(500) })
    const { tasks, differences } = await chooseTasks(environment, 'test', eto('webshop'))
    expect(tasks).toHaveLength(200)
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(200)
    expect(tasks.slice(0, 3).map(({ id }) => id)).toEqual(['human-2853', 'human-5934', 'human-1642'])
    expect(differences).toEqual([])
  })

  it('says that a smaller shop has other goals', async () => {
    const environment = withTasks('webshop', { test: upTo(13, 'human-'), unseen: upTo(5, 'synthetic-') })
    expect((await chooseTasks(environment, 'test', eto('webshop'))).differences).toEqual([
      "13 tasks of the environment's own, not the 200 of eto",
    ])
    expect((await chooseTasks(environment, 'unseen', eto('webshop'))).differences).toEqual([
      "eto has no split unseen: 5 tasks of the environment's own",
    ])
  })

  it('has a split that is played where none is named', () => {
    expect(['alfworld', 'webshop', 'sciworld'].map(name => usualSplit(eto(name).tasks))).toEqual([
      ...['unseen', 'test', 'unseen'],
    ])
    expect(usualSplit()).toBe('unseen')
  })

  it('says so where the shop is made up', async () => {
    const { tasks } = eto('webshop')
    const shop = await openEnvironment({ name: 'webshop', made: { products: 80 }, ...tasks.options({}) })
    expect(tasks.differences(shop)).toContain('a made-up shop, not its catalogue')
    expect(tasks.differences(withTasks('webshop', {}))).not.toContain('a made-up shop, not its catalogue')
    await expect(chooseTasks(shop, 'test', eto('webshop'))).rejects.toThrow(
      /no such split: "test"\n {2}The protocol eto has it in other data: name them with --option\. Or choose another with --split: train, seen, dev, unseen\./,
    )
    await shop.close()
  })

  it('names the splits that there are', async () => {
    const environment = withTasks('webshop', { train: upTo(3) })
    await expect(chooseTasks(environment, 'nowhere', eto('webshop'))).rejects.toThrow(
      /no such split: "nowhere"\n {2}Its splits are train\. Those of the protocol eto are test\./,
    )
  })

  it('is not defined for other environments', () => {
    expect(() => findProtocol('eto', 'households')).toThrow(/not defined for this environment: "households"/)
    expect(() => findProtocol('eto', '__proto__')).toThrow(/not defined/)
    expect(() => findProtocol('toString', 'alfworld')).toThrow(/no such protocol/)
  })

  it.skipIf(!jar)(`plays the 211 unseen tasks of SciWorld${needsJar}`, async () => {
    const { tasks } = eto('sciworld')
    const environment = await openEnvironment({ name: 'sciworld', ...tasks.options({}) })
    try {
      const chosen = await chooseTasks(environment, 'unseen', eto('sciworld'))
      expect(chosen.tasks).toHaveLength(211)
      expect(chosen.differences).toEqual([])
    } finally {
      await environment.close()
    }
  })
})
