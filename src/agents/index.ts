/**
 * Who plays: models, experts, scripts and chance.
 * @module
 */
export { type ChatAgentOptions, createChatAgent } from './chat-agent.ts'
export { CONSTRAINTS, type Constraint } from './constrain.ts'
export { createExpertAgent } from './expert-agent.ts'
export { FORMATS, type FormatName } from './formats/formats.ts'
export { promptFor } from './prompt-for.ts'
export { createRandomAgent, type RandomAgentOptions } from './random-agent.ts'
export { createScriptedAgent, type Script } from './scripted-agent.ts'
export { makeWorkedExamples, type WorkedExample, type WorkedExampleOptions } from './worked-examples.ts'
