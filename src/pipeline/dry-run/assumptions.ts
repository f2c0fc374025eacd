/**
 * What a dry run has to assume, since nothing was played or measured yet. Every figure is printed with the estimate.
 * @module
 */
import { availableParallelism } from 'node:os'
import type { ResolvedRecipe } from '../recipe.ts'

/** Of one episode: steps of the expert and of a student, and characters. */
export interface EpisodeSize {
  goldenSteps: number
  studentSteps: number
  /** The environment's prompt, the instruction and the first observation. */
  opening: number
  /** Thought and action of one step, and the observation that follows. */
  written: number
  observed: number
}

/** Means of runs of this package (households, webshop), of its experts' walks and of public golden trajectories. */
const EPISODES: Readonly<Record<string, EpisodeSize>> = {
  households: { goldenSteps: 8, studentSteps: 18, opening: 450, written: 110, observed: 80 },
  alfworld: { goldenSteps: 17, studentSteps: 25, opening: 1000, written: 140, observed: 70 },
  webshop: { goldenSteps: 5, studentSteps: 7, opening: 1000, written: 140, observed: 600 },
  sciworld: { goldenSteps: 18, studentSteps: 25, opening: 2200, written: 160, observed: 140 },
}
const ANY_EPISODE: EpisodeSize = { goldenSteps: 12, studentSteps: 20, opening: 1000, written: 130, observed: 150 }

export const episodeSize = ({ environment }: ResolvedRecipe): EpisodeSize => EPISODES[environment.name] ?? ANY_EPISODE

/** Characters of one token, in English and with a student's own vocabulary alike. */
export const CHARACTERS_OF_TOKEN = 4
/** What a teacher writes in one verdict, in tokens, and how long it takes, in seconds. */
export const TEACHER_ANSWER = { tokens: 120, seconds: 5 }

/** GPUs by name: bytes of memory, and dense TFLOP/s in bf16 and in float32, as their makers state them. */
export const GPUS = {
  a100: { about: 'A100 80 GB', bytes: 80e9, bf16: 312, float32: 19.5 },
  h100: { about: 'H100 80 GB', bytes: 80e9, bf16: 989, float32: 67 },
  h200: { about: 'H200 141 GB', bytes: 141e9, bf16: 989, float32: 67 },
} as const
export type GpuName = keyof typeof GPUS

/** The share of a GPU's figure that training reaches, and that playing does, where a step waits for the one before. */
export const GPU_SHARE = { training: 0.4, playing: 0.03 }
/** GFLOP/s of a processor core, measured with the quickstart on a machine that others used too. */
export const CORE = { training: 30, playing: 10 }

/** What the work is done on. */
export interface Hardware {
  gpu?: GpuName
  /** On each node; 0 without GPUs. */
  gpus: number
  nodes: number
  threads: number
  bf16: boolean
}

/**
 * The hardware that a recipe asks for. GPUs are assumed where it says bf16, shards, or has several nodes; `gpu` says which,
 * and that there are some.
 */
export function hardwareOf({ train }: ResolvedRecipe, gpu?: GpuName, threads = availableParallelism()): Hardware {
  const trl = train.engine === 'trl' ? train.trl : undefined
  const nodes = trl?.nodes?.count ?? 1
  const asks = trl?.precision === 'bf16' || nodes > 1 || /^(?:fsdp2|zero)/.test(trl?.sharding ?? '')
  const isOnGpu = train.engine === 'trl' && (gpu !== undefined || asks)
  if (!isOnGpu) return { gpus: 0, nodes, threads, bf16: false }
  return { gpu: gpu ?? 'a100', gpus: trl?.processes ?? 1, nodes, threads, bf16: trl?.precision !== 'float32' }
}

/** FLOP/s of all of the hardware, or of the one node that plays. */
export function speedOf(hardware: Hardware, work: 'training' | 'playing'): number {
  const { gpu, gpus, nodes, threads, bf16 } = hardware
  if (gpu === undefined) return CORE[work] * 1e9 * threads * (work === 'training' ? nodes : 1)
  const each = GPUS[gpu][bf16 ? 'bf16' : 'float32'] * 1e12 * GPU_SHARE[work]
  return each * gpus * (work === 'training' ? nodes : 1)
}
