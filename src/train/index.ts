/**
 * Trains checkpoints on examples.
 * @module
 */
export { ADAPTER_TARGETS, type AdapterOptions } from './embedded/adapters.ts'
export { createTrainer, type Trainer, type TrainerOptions } from './embedded/create-trainer.ts'
export { embeddedEngine } from './embedded/engine.ts'
export { initialTensors } from './embedded/initialise.ts'
export type { Row as TrainingRow } from './embedded/micro-batches.ts'
export { ENGINES, type EngineChoice, engineNamed } from './engine-named.ts'
export type { Retry } from './hosted/api.ts'
export { type FineTuneControl, fineTune, type HostedEvent, type HostedResult } from './hosted/fine-tune.ts'
export { type HostedOptions, hostedOptionsSchema } from './hosted/options.ts'
export { createTrlEngine } from './trl/engine.ts'
export { missingPackages, probeMachine, pythonNamed, type TrlMachine } from './trl/machine.ts'
export { type TrlOptions, trlOptionsSchema } from './trl/options.ts'
export { planTrl, type TrlPlan } from './trl/plan.ts'
export type { PlanOptions, RowFacts } from './trl/plan-options.ts'
