/**
 * The configuration of accelerate, for several processes with a GPU each.
 * @module
 */
import type { Layout } from './layout.ts'
import type { ResolvedTrlOptions } from './options.ts'

const SHARDED = {
  distributed_type: 'FSDP',
  fsdp_config: {
    fsdp_version: 2,
    fsdp_auto_wrap_policy: 'TRANSFORMER_BASED_WRAP',
    fsdp_reshard_after_forward: true,
    fsdp_cpu_ram_efficient_loading: true,
    // The whole state at each save: that is what a checkpoint folder holds.
    fsdp_state_dict_type: 'FULL_STATE_DICT',
    fsdp_offload_params: false,
    fsdp_activation_checkpointing: false,
  },
}

const zero = (stage: 2 | 3) => ({
  distributed_type: 'DEEPSPEED',
  deepspeed_config: {
    zero_stage: stage,
    deepspeed_multinode_launcher: 'standard',
    offload_optimizer_device: 'none',
    offload_param_device: 'none',
    zero3_init_flag: stage === 3,
    // Else a checkpoint would hold a part of the weights only.
    zero3_save_16bit_model: stage === 3,
  },
})

/** `undefined` for one process, and where there is no GPU: torchrun starts those. */
export function accelerateConfig(layout: Layout, { nodes }: ResolvedTrlOptions): object | undefined {
  const { processes, nodes: machines, sharding, onGpu, bf16 } = layout
  if (!onGpu || processes * machines === 1) return undefined
  const shared = { ddp: { distributed_type: 'MULTI_GPU' }, none: {}, fsdp2: SHARDED, zero2: zero(2), zero3: zero(3) }
  return {
    compute_environment: 'LOCAL_MACHINE',
    ...shared[sharding],
    mixed_precision: bf16 ? 'bf16' : 'no',
    num_machines: machines,
    num_processes: processes * machines,
    machine_rank: 0,
    ...(nodes && { main_process_ip: nodes.address, main_process_port: nodes.port }),
    main_training_function: 'main',
    rdzv_backend: 'static',
    same_network: true,
    use_cpu: false,
  }
}
