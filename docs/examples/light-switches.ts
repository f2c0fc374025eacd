/** One of a row of switches lights the lamp: find it, and leave all others off. */
import { createRandom, defineEnvironment, type Episode, type Move, type Outcome, type Sight } from 'misstep'

const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1)

function playIn(switches: number[], wired: number, on: number[] = [], dead: number[] = []): Episode {
  const actions = switches.map(number => `flip switch ${number}`)
  const look = () => {
    const observation = `On: ${on.join(', ') || 'none'}. The lamp is ${on.includes(wired) ? 'lit' : 'dark'}.`
    const won = on.length === 1 && on[0] === wired
    return { observation, won, done: won, reward: won ? 1 : 0 }
  }
  const episode = {
    instruction: `Light the lamp with one of the switches 1 to ${switches.length}. Leave all others off.`,
    ...look(),
    async step(action: string) {
      const number = actions.indexOf(action) + 1
      if (number === 0 || episode.done) return { ...look(), accepted: false, reason: 'There is no such action now.' }
      on = on.includes(number) ? on.filter(other => other !== number) : [...on, number]
      if (number !== wired) dead = [...dead, number]
      Object.assign(episode, look())
      return { ...look(), accepted: true }
    },
    // All below is optional: the expert plays golden trajectories, the judge makes the oracle teacher.
    admissible: () => (episode.done ? [] : actions),
    fork: async () => playIn(switches, wired, on, dead),
    async expert(sight: Sight) {
      const useless = sight === 'seen' ? dead : switches.filter(number => number !== wired)
      const wrong = on.find(number => useless.includes(number))
      const next = wrong ?? switches.find(number => !useless.includes(number))
      const thought = wrong ? `Switch ${wrong} is not the lamp's, so I turn it off.` : `I try switch ${next}.`
      return { thought, action: `flip switch ${next}` }
    },
    judge: () => ({
      observe() {},
      async judge({ action }: Move, { accepted, reason }: Outcome) {
        const left = on.find(number => dead.includes(number) && action !== `flip switch ${number}`)
        if (accepted && !left) return
        const reflection = reason ?? `Switch ${left} is not the lamp's, yet I left it on.`
        return { kind: accepted ? 'left-on' : 'rejected', reflection, correction: await episode.expert('seen') }
      },
    }),
    close: async () => {},
  }
  return episode
}

const sizes: Record<string, number> = { train: 200, seen: 20, unseen: 20 }
const taskOf = { environment: 'light-switches', kind: 'find-the-switch' }

export default defineEnvironment({
  name: 'light-switches',
  splits: Object.keys(sizes),
  version: '1',
  prompt: 'You are in a room with a lamp. Your only action is: flip switch N',
  stepLimit: 20,
  tasks: async split => upTo(sizes[split] ?? 0).map(number => ({ ...taskOf, id: `${split}-${number}`, split })),
  async start({ id, split }) {
    const random = createRandom('light-switches', id)
    const switches = upTo(random.integer(3) + (split === 'unseen' ? 6 : 3))
    return playIn(switches, random.pick(switches))
  },
  close: async () => {},
})
