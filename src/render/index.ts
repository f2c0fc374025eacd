/**
 * Conversations to token ids and a loss mask.
 * @module
 */

export type { TokenizerFile } from '../checkpoint/tokenizer-file.ts'
export { type ChatFormat, createChatFormat, loadChatFormat, type PromptOptions } from './chat-format.ts'
export type { Turn } from './chat-template.ts'
export { completeRow, identifyRow, type LooseRow, rowSchema } from './complete-row.ts'
export { countTrained, type RenderOptions, renderExample, renderTurn } from './example.ts'
export { createLinter, type Linter, type LintOptions, lintExamples } from './lint.ts'
export type { LintFinding, LintRule } from './lint-finding.ts'
export { lintTokenizer } from './lint-tokenizer.ts'
export { markRow } from './mark-row.ts'
export { carriesLoss, isError, MASK_POLICIES, type MaskPolicy } from './mask.ts'
export {
  type Conversation,
  formatMove,
  parseMove,
  type ReactOptions,
  type RenderMessage,
  situationMessages,
  stepText,
  trajectoryMessages,
} from './react.ts'
export {
  type DroppedRow,
  type RenderReport,
  type RenderRowsOptions,
  renderExamples,
  TRUNCATIONS,
  type Truncation,
} from './render-examples.ts'
export { type RenderFilesOptions, type RenderFilesReport, renderFiles } from './render-files.ts'
export { repeatedRowId, roundOf, trajectoryIdOf } from './row-id.ts'
export { type ShownToken, showTokens } from './show-tokens.ts'
export { STUDENT_CHAT } from './student-chat.ts'
export { loadTokenizer, type Tokenizer } from './tokenizer.ts'
export { type TrainTokenizerOptions, trainTokenizer } from './train-tokenizer.ts'
export { type WriteTokenizerOptions, writeTokenizer } from './write-tokenizer.ts'
