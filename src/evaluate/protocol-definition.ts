/**
 * What a protocol fixes, so that figures of different papers can be compared.
 * @module
 */
import type { Constraint, FormatName } from '../agents/index.ts'
import type { Environment } from '../core/environment.ts'

/** How an agent is asked. */
export interface AgentSettings {
  format: FormatName
  /** Whether the prompt also says how to answer. */
  explain: boolean
  /** Worked examples before the task. */
  examples: number
  /** Most tokens of an answer. */
  answerTokens: number
  temperature: number
  /** What it is held to; privileged information. */
  constrain?: Constraint
}

/** A protocol that papers share. */
export interface Protocol {
  name: string
  /** Where it is defined. */
  source: string
  agent: AgentSettings
  environments: Readonly<Record<string, ProtocolTasks>>
}

/** What a protocol says of one environment. */
export interface ProtocolTasks {
  /** Options of `openEnvironment`, given those of the user, which come after them. */
  options(given: Readonly<Record<string, unknown>>): Record<string, unknown>
  stepLimit: number
  /** The tasks of each split. */
  splits: Readonly<Record<string, { count: number; ids?: readonly string[] }>>
  /** In what our environment is not the one of the protocol. */
  differences(environment: Environment): string[]
}
