/**
 * The models that agents ask.
 * @module
 */
export { createEndpointModel, type EndpointModel, type EndpointModelOptions } from './chat/chat-model.ts'
export { type Endpoint, endpointSchema, type ResolvedEndpoint } from './chat/endpoint.ts'
export type { Spent } from './chat/meter.ts'
export { exchangeSchema } from './chat/record.ts'
export {
  createEmbeddedModel,
  type EmbeddedAnswer,
  type EmbeddedModel,
  type EmbeddedModelOptions,
} from './embedded/embedded-model.ts'
export { listModels } from './list-models.ts'
