/**
 * Who plays: models, experts, scripts and chance.
 * @module
 */
export { type ChatAgentOptions, createChatAgent } from './chat-agent.ts'
export { createExpertAgent } from './expert-agent.ts'
export { createRandomAgent, type RandomAgentOptions } from './random-agent.ts'
export { createScriptedAgent, type Script } from './scripted-agent.ts'
