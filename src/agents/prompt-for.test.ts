import { describe, expect, it } from 'vitest'
import { createHouseholds } from '../environments/households/environment.ts'
import { promptFor } from './prompt-for.ts'

describe('what households tells a model first', () => {
  it('is nothing where it was trained there, as it always was', () => {
    expect(promptFor(createHouseholds(), false)).toBe('')
  })

  it('is the commands where it was not, and they are accepted as they are told', async () => {
    const households = createHouseholds()
    const told = promptFor(households, true)
    for (const split of ['train', 'unseen']) {
      const [task] = await households.tasks(split)
      const episode = await households.start(task!)
      const shapes = told.split('\n').map(line => RegExp(`^${line.replaceAll(/<[^>]+>/g, '.+')}$`))
      for (const action of episode.admissible?.() ?? []) {
        if (action !== 'help')
          expect(
            shapes.some(shape => shape.test(action)),
            action,
          ).toBe(true)
      }
    }
  })
})
