/**
 * Training data in every trainer's dialect.
 * @module
 */
export {
  type ConversationOptions,
  type WeightedConversation,
  type WeightedMessage,
  weightedConversation,
} from './conversation.ts'
export type { Dialect, DialectOptions, MessageDialect, TokenDialect } from './dialect.ts'
export { DIALECTS, dialectNamed } from './dialects.ts'
export { type ExportReport, exportRows, faultOf, type LeftOut, type SourceOf } from './export-rows.ts'
export { openRunArm, type RunArm } from './run-source.ts'
