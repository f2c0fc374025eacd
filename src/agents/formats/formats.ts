/**
 * The formats by name.
 * @module
 */
import type { AgentFormat } from './agent-format.ts'
import { etoFormat } from './eto-format.ts'
import { reactFormat } from './react-format.ts'
import { toolFormat } from './tool-format.ts'

export const FORMATS = { react: reactFormat, eto: etoFormat, tools: toolFormat } as const satisfies Record<
  string,
  AgentFormat
>

export type FormatName = keyof typeof FORMATS
