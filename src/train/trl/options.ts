/**
 * What a user may say about training with TRL, beyond what all engines share.
 * @module
 */
import { z } from 'zod'

const count = z.int().min(1)

export const trlOptionsSchema = z.strictObject({
  /** The Python that has TRL. Default: the variable MISSTEP_PYTHON, or python3. */
  python: z.string().optional(),
  /** All weights, or small matrices beside them that are merged at the end (Hu et al. 2021, arXiv:2106.09685). */
  method: z.enum(['full', 'lora']).default('full'),
  lora: z
    .strictObject({
      rank: count.default(16),
      alpha: z.number().positive().default(32),
      dropout: z.number().min(0).max(1).default(0),
      /** Names of the layers that get them. */
      targets: z.union([z.literal('all-linear'), z.array(z.string()).min(1)]).default('all-linear'),
    })
    .prefault({}),
  /** Of the computation; weights and optimiser stay float32. Default: bf16 where there is a GPU that has it. */
  precision: z.enum(['bf16', 'float32']).optional(),
  /** Rows that a process reads at once; the rest of a step is accumulated. */
  rowsAtOnce: count.default(1),
  /** Joins rows to sequences of one length. Needs flash attention: without it rows would see each other. */
  packing: z.boolean().default(false),
  /** Tokens of a packed sequence, and the longest row. Default: the longest row. */
  maxLength: count.optional(),
  attention: z.enum(['sdpa', 'eager', 'flash_attention_2', 'flash_attention_3']).optional(),
  gradientCheckpointing: z.boolean().default(true),
  /** How the processes share the model. Default: none for one process, ddp for several. */
  sharding: z.enum(['none', 'ddp', 'fsdp2', 'zero2', 'zero3']).optional(),
  /** Processes on each node. Default: one a GPU. */
  processes: count.optional(),
  /** Several machines that share the run folder. */
  nodes: z
    .strictObject({
      count: count,
      /** Of the first node, as the others reach it. */
      address: z.string(),
      port: z.int().min(1).max(65535).default(29500),
      /** What starts one command on each node, such as [srun, --nodes=4, --ntasks-per-node=1]. */
      launcher: z.array(z.string()).min(1),
      /** The variable in which the launcher tells each node its number. */
      rankVariable: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
        .default('SLURM_NODEID'),
    })
    .optional(),
  /** Any further line of TRL's configuration; what the engine sets itself cannot be set here. */
  config: z.record(z.string(), z.unknown()).default({}),
})

/** As a user writes them. */
export type TrlOptions = z.input<typeof trlOptionsSchema>
/** With all defaults. */
export type ResolvedTrlOptions = z.output<typeof trlOptionsSchema>
