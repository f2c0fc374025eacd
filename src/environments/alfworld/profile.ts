/**
 * The wordings that versions of the benchmark, and well-known harnesses around it, show to an agent.
 * @module
 */

/** What differs from profile to profile; all rules are the same. */
export interface Wording {
  /** The verb that lays a held object down, and the words between object and receptacle. */
  readonly put: 'move' | 'put'
  readonly joint: ' to ' | ' in/on '
  /** What `go to` says before it shows the receptacle: `You arrive at <this>. ` or nothing. */
  readonly arrival: 'receptacle' | 'location' | 'nothing'
  /** Whether `help` is a command. */
  readonly help: boolean
  /** `short` leaves out the greeting and the blank line before the task. */
  readonly opening: 'full' | 'short'
}

const older = { put: 'put', joint: ' in/on ', help: false } as const

/**
 * - `2.1.3`: data version 2.1.3, of alfworld 0.4.2 and later; the default.
 * - `2.1.1`: data version 2.1.1, of the years of ReAct, Reflexion and ETO.
 * - `2.1.1-react`: 2.1.1 as the ReAct harness showed it: no greeting, no `You arrive at loc N.`
 * - `2.1.1-eto`: 2.1.1 as the ETO harness showed it: with greeting, no `You arrive at loc N.`
 */
export const PROFILES = {
  '2.1.3': { put: 'move', joint: ' to ', arrival: 'receptacle', help: true, opening: 'full' },
  '2.1.1': { ...older, arrival: 'location', opening: 'full' },
  '2.1.1-react': { ...older, arrival: 'nothing', opening: 'short' },
  '2.1.1-eto': { ...older, arrival: 'nothing', opening: 'full' },
} as const satisfies Record<string, Wording>

export type Profile = keyof typeof PROFILES

/** What `help` answers in data version 2.1.3. */
export const HELP = `Available commands:
  look:                             look around your current location
  inventory:                        check your current inventory
  go to (receptacle):               move to a receptacle
  open (receptacle):                open a receptacle
  close (receptacle):               close a receptacle
  take (object) from (receptacle):  take an object from a receptacle
  move (object) to (receptacle):  place an object in or on a receptacle
  examine (something):              examine a receptacle or an object
  use (object):                     use an object
  heat (object) with (receptacle):  heat an object using a receptacle
  clean (object) with (receptacle): clean an object using a receptacle
  cool (object) with (receptacle):  cool an object using a receptacle
  slice (object) with (object):     slice an object using a sharp object
`
