/**
 * SciWorld as an environment: the original simulator, driven many times over.
 * @module
 */
import { defineEnvironment, type Environment, type Task } from '../../core/environment.ts'
import { createRandom } from '../../core/random.ts'
import { createEpisode } from './episode.ts'
import { createGuide } from './guide.ts'
import { roomOf } from './house.ts'
import { createRoutes } from './routes.ts'
import type { Run } from './run.ts'
import { CUSTOMS, type Limits, type Scoring } from './scoring.ts'
import { checkSimplifications, gaitOf, isSimplified } from './simplifications.ts'
import type { Simulators } from './simulators.ts'
import { listTasks, readTaskId, remarksOn, SPLIT_NAMES, type SplitsName } from './splits.ts'

export interface SciworldOptions {
  /** The machines; whoever made them closes them. */
  simulators: Simulators
  /** Whose splits; the customs of those who report on them come with them. @default 'eto' */
  splits?: SplitsName
  /** Only these kinds of task. @default all that the splits have */
  kinds?: readonly string[]
  /** Comma separated, or `easy`. @default 'easy' with ETO's splits, none with the official ones */
  simplifications?: string
  /** @default 'highest' with ETO's splits, 'final' with the official ones */
  scoring?: Scoring
  /** @default the limits of whose splits they are */
  limits?: Limits
  /**
   * Whether episodes list their admissible actions. Each step then takes about three times as long; and it is what the
   * original's wrapper does, which in a few tasks moves the simulator's random numbers on. @default false
   */
  admissible?: boolean
  /** Where routes are kept once they have been found. @default only in memory */
  routes?: string
}

/** The environment, and a way around it. */
export interface Sciworld extends Environment {
  /** A bare run through a task, with neither expert nor score; whoever begins it closes it. */
  begin(task: Task): Promise<Run>
}

/**
 * ScienceWorld (Wang et al. 2022). With ETO's splits: `train`, `seen` and `unseen` of 24 kinds of task; with the official
 * ones: `train`, `dev` and `test` of all 30.
 *
 * @throws {MisstepError} for a kind or a simplification that does not exist
 * @example
 * const environment = createSciworld({ simulators: createSimulators({ jar: await openSimulatorJar() }) })
 * const [task] = await environment.tasks('unseen')
 */
export function createSciworld(options: SciworldOptions): Sciworld {
  const { simulators, splits = 'eto', kinds, admissible = false } = options
  const customs = CUSTOMS[splits]
  const { simplifications = customs.simplifications, scoring = customs.scoring, limits = customs.limits } = options
  const routes = createRoutes(simulators, options.routes)
  const gait = gaitOf(simplifications)
  const tasksOf = (split: string) => listTasks(splits, split, kinds)
  for (const split of SPLIT_NAMES[splits])
    for (const { kind } of tasksOf(split)) checkSimplifications(simplifications, kind)
  const setupOf = (id: string) => {
    const { kind, variation } = readTaskId(id)
    checkSimplifications(simplifications, kind)
    return { task: kind, variation, simplifications, valid: admissible }
  }
  const environment = defineEnvironment({
    name: 'sciworld',
    splits: SPLIT_NAMES[splits],
    version: `scienceworld ${simulators.jar.version} (${simulators.jar.digest}), simplifications ${simplifications || 'none'}, ${scoring} score, ${limits} limits`,
    prompt: promptOf(gait.teleports, isSimplified(simplifications, 'noElectricalAction')),
    stop: ['\nYou move to ', '\nThis room is called ', '\nNo known action matches'],
    remarks: remarksOn(splits, kinds),
    stepLimit: customs.stepLimit,
    // Mixed, so that any part of a split has something of every kind; always in the same way.
    tasks: async split => mix(tasksOf(split)),
    async start({ id }) {
      const setup = setupOf(id)
      const run = await simulators.start(setup)
      const guide = createGuide(run, {
        findRoute: () => routes.find(setup),
        gait,
        start: roomOf(run.glimpse.look),
      })
      return createEpisode(run, guide, { kind: setup.task, scoring, limits })
    },
    close: async () => routes.close(),
  })
  return { ...environment, begin: ({ id }) => simulators.start(setupOf(id)) }
}

function mix(tasks: readonly Task[]): Task[] {
  const places = new Map(tasks.map(({ id }) => [id, createRandom('sciworld', id).next()]))
  return [...tasks].sort((a, b) => places.get(a.id)! - places.get(b.id)!)
}

function promptOf(teleports: boolean, noElectricity: boolean): string {
  return `You are in a house with the rooms hallway, kitchen, living room, bedroom, bathroom, workshop, art studio, greenhouse, foundry and outside, and solve a task of science there, one action at a time. The actions, with names just as you see them:
look around
look at <thing>
look in <container>
read <thing>
inventory
task
${teleports ? 'teleport to <room>\n' : ''}go to <room>
open <thing>
close <thing>
pick up <thing>
put down <thing>
move <thing> to <place>
pour <liquid> into <container>
dunk <container> into <liquid>
mix <container>
activate <device>
deactivate <device>
use <thing> on <thing>
${noElectricity ? '' : 'connect <terminal> to <terminal>\ndisconnect <thing>\n'}eat <food>
flush <toilet>
focus on <thing>
wait
wait1
"focus on" tells what the task is about; on the wrong thing it fails the task. "wait" takes ten moments, "wait1" takes one. When a request is ambiguous, answer with the number that you mean.`
}
