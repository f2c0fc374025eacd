/**
 * Aimless play in the house, with a running commentary on what is seen: the text that a base student is pre-trained on,
 * as a stand-in for a language model's pre-training. It pursues no task, asks no expert, and says nothing about what
 * failed.
 * @module
 */
import type { Random } from '../../core/random.ts'
import type { Step } from '../../core/trajectory.ts'
import { isAccepted, readAnswer } from './answer.ts'
import { goalOf } from './expert.ts'
import { ROOMS, roomOf } from './house.ts'
import type { Run } from './run.ts'

/** What a look around shows. */
interface Scene {
  room: string
  /** Things that lie about, by the names that actions know them by. */
  things: string[]
  /** What is in which of them. */
  contents: { thing: string; container: string }[]
}

/** What to do, and what it is to be good for. */
interface Whim {
  action: string
  aim?: string
}

/** Share of steps that handle things which are mostly not here. */
const MADE_UP = 0.1

/**
 * Wanders through the house from where a run stands, never focusing on anything: that could end the task.
 *
 * @param run allowed to teleport
 * @param length most steps; fewer where the task ends by chance
 * @example
 * (await wander(run, createRandom('walk', 1), 12))[0] // { thought: 'I have to boil water. I look around.', action: 'look around', … }
 */
export async function wander(run: Run, random: Random, length: number): Promise<Step[]> {
  const steps: Step[] = []
  const held: string[] = []
  let scene = readScene(run.glimpse.look)
  let isNew = false
  while (steps.length < length && !run.glimpse.completed && run.glimpse.score >= 0) {
    const whim: Whim = isNew && random.chance(0.8) ? LOOK : drawWhim(scene, held, random)
    const { action, aim } = whim
    const remark = isNew ? '' : remarksOn(run.description, scene, held, random)
    const announced = aim === undefined ? `I ${action}.` : `To ${aim}, I ${action}.`
    const { observation, score, completed } = await run.step(action)
    const verdict = readAnswer(action, observation)
    const accepted = isAccepted(verdict)
    const thought = action === LOOK.action ? LOOK.thought : `${remark}${announced}`
    const step = { thought, action, observation, reward: Math.max(0, score), done: completed || score < 0 }
    steps.push({ ...step, accepted, by: 'student' })
    // While the simulator waits for a number it takes nothing else for an answer.
    if (verdict === 'ambiguous') await run.step('0')
    const before = scene.room
    scene = readScene(run.glimpse.look)
    isNew = scene.room !== before || (isNew && action !== LOOK.action)
    const [, taken] = /^pick up (.+)$/.exec(action) ?? []
    const [, moved] = /^move (.+) to /.exec(action) ?? []
    if (taken && accepted) held.push(taken)
    if (moved && accepted && held.includes(moved)) held.splice(held.indexOf(moved), 1)
  }
  return steps
}

const LOOK = { action: 'look around', thought: 'I look around to see what is here.' }

function drawWhim(scene: Scene, held: readonly string[], random: Random): Whim {
  const thing = random.chance(MADE_UP) || scene.things.length === 0 ? random.pick(THINGS) : random.pick(scene.things)
  if (random.chance(0.35)) {
    const action = `teleport to ${random.pick(ROOMS)}`
    if (held.length > 0 && random.chance(0.5))
      return { action, aim: `move ${random.pick(held)} to ${random.pick(BOXES)}` }
    return { action }
  }
  if (held.length > 0 && random.chance(0.5)) return { action: `move ${random.pick(held)} to ${thing}` }
  return { action: random.chance(0.75) ? `pick up ${thing}` : `look at ${thing}` }
}

/** A few true remarks on what is asked, held, or here. */
function remarksOn(
  instruction: string,
  { room, things, contents }: Scene,
  held: readonly string[],
  random: Random,
): string {
  const [, box, place] = /(?:move|place) it (?:in|to) the (\w+ box) in the ([a-z ]+)\./.exec(instruction) ?? []
  const missing = random.pick(THINGS)
  const remarks = [
    goalOf(instruction),
    `I am in the ${room}. `,
    things.includes(missing) ? `I see ${missing}. ` : `I do not see ${missing}. `,
    ...some(things, 4, random).map(thing => `I see ${thing}. `),
    ...some(contents, 2, random).map(({ thing, container }) => `${thing} is in ${container}. `),
    ...some(held, 2, random).map(thing => `I have ${thing}. `),
    ...(box ? [`It has to go to the ${box}. `, `The ${box} is in the ${place}. `] : []),
  ]
  return some(remarks, 1 + random.integer(3), random).join('')
}

const some = <T>(items: readonly T[], most: number, random: Random) => random.shuffle(items).slice(0, most)

/**
 * What a look around shows, thing by thing.
 *
 * @example
 * readScene(run.glimpse.look).things // ['axe', 'giant tortoise egg', 'fire pit', …]
 */
function readScene(look: string): Scene {
  const lines = look.split('You also see:')[0]!.split('\n').slice(1)
  const named = lines.map(line => line.trim()).filter(line => line !== '' && line !== 'the agent')
  const contents = named.flatMap(line => {
    const container = nameOf(line)
    const inside = /\(containing (an? [^()]+)\)/.exec(line)?.[1]
    return inside ? [{ thing: nameOf(inside), container }] : []
  })
  const names = named.map(nameOf)
  // Two of one name: the simulator would ask which is meant.
  const things = names.filter(name => name !== 'air' && names.indexOf(name) === names.lastIndexOf(name))
  return { room: roomOf(look), things, contents: contents.filter(({ container }) => things.includes(container)) }
}

/** `a flower pot 3 (containing …)` is called `flower pot 3`, `a substance called soap` is `soap`. */
function nameOf(text: string): string {
  const [, name] = /^(?:an? |the )?(?:substance called )?([^.,(]+)/.exec(text) ?? []
  return (name ?? text).replace(/ in the .*$/, '').trim()
}

const BOXES = ['red', 'green', 'blue', 'orange', 'yellow', 'purple'].map(color => `${color} box`)
const THINGS = [
  ...BOXES,
  ...['axe', 'shovel', 'jug', 'table', 'chair', 'bed', 'couch', 'painting', 'picture', 'drawing', 'stove', 'bee hive'],
  ...[
    'flower pot 1',
    'flower pot 4',
    'flower pot 7',
    'dove egg',
    'parrot egg',
    'turtle egg',
    'butterfly egg',
    'baby wolf',
  ],
]
