/**
 * The models that agents ask.
 * @module
 */
export {
  createEmbeddedModel,
  type EmbeddedAnswer,
  type EmbeddedModel,
  type EmbeddedModelOptions,
} from './embedded/embedded-model.ts'
