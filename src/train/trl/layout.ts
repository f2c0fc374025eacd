/**
 * How a training is spread over processes.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { TrlMachine } from './machine.ts'
import type { ResolvedTrlOptions } from './options.ts'

export interface Layout {
  /** On each node. */
  processes: number
  nodes: number
  sharding: NonNullable<ResolvedTrlOptions['sharding']>
  onGpu: boolean
  bf16: boolean
}

/**
 * Fills in what the options leave to the machine.
 *
 * @throws {MisstepError} `usage` when the options do not fit each other or the machine
 */
export function layoutOf(trl: ResolvedTrlOptions, machine: TrlMachine): Layout {
  const onGpu = machine.gpus.length > 0
  const processes = trl.processes ?? Math.max(1, machine.gpus.length)
  const nodes = trl.nodes?.count ?? 1
  const sharding = trl.sharding ?? (processes * nodes > 1 ? 'ddp' : 'none')
  const bf16 = trl.precision ? trl.precision === 'bf16' : machine.bf16
  const refuse = (what: string, value: unknown, advice: string) => {
    throw new MisstepError('usage', what, { value, advice })
  }
  if (onGpu && processes > machine.gpus.length) {
    refuse('There are fewer GPUs than processes', { processes, gpus: machine.gpus.length }, 'Lower trl.processes.')
  }
  if (!onGpu && !['none', 'ddp'].includes(sharding)) {
    refuse(`${sharding} needs a GPU, and Python sees none`, sharding, 'Use ddp, or a Python whose torch sees the GPU.')
  }
  if (sharding === 'none' && processes * nodes > 1) {
    refuse('Several processes must share the model somehow', sharding, 'Use ddp, fsdp2, zero2 or zero3.')
  }
  if (trl.packing && !trl.attention?.startsWith('flash')) {
    refuse(
      'Packing needs flash attention: without it, the rows of a sequence would see each other',
      trl.attention ?? '(none named)',
      'Set trl.attention to flash_attention_2 or flash_attention_3, or leave out trl.packing.',
    )
  }
  return { processes, nodes, sharding, onGpu, bf16 }
}
