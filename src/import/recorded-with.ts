/**
 * How an environment is opened so that published recordings can be played in it.
 * @module
 */
import type { RecordingFormat } from './recording.ts'

/** Without ETO's step limits: experts are longer than some of them. */
const RECORDED_WITH: Readonly<Record<string, Partial<Record<RecordingFormat, Record<string, unknown>>>>> = {
  webshop: {
    agentgym: { profile: 'agentgym', goals: 'synthetic' },
    eto: { goals: 'human' },
  },
  sciworld: {
    agentgym: { splits: 'official', simplifications: 'openDoors', limits: 'none' },
    eto: { splits: 'eto', limits: 'none' },
  },
}

/**
 * The options of `openEnvironment` that go with what was recorded; those of the user come after them.
 *
 * @example
 * await openEnvironment({ name: 'sciworld', ...recordedWith('sciworld', 'agentgym') })
 */
export function recordedWith(environment: string, format: RecordingFormat): Record<string, unknown> {
  return Object.hasOwn(RECORDED_WITH, environment) ? (RECORDED_WITH[environment]![format] ?? {}) : {}
}
