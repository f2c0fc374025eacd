/**
 * Trains checkpoints on examples.
 * @module
 */
export { createTrainer, type Trainer, type TrainerOptions } from './embedded/create-trainer.ts'
export { embeddedEngine } from './embedded/engine.ts'
export { initialTensors } from './embedded/initialise.ts'
export type { Row } from './embedded/micro-batches.ts'
