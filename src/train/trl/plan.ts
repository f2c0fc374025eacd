/**
 * From options and rows to the files and the command of one training: nothing is run here.
 * @module
 */
import { join } from 'node:path'
import { stringify } from 'yaml'
import { MisstepError } from '../../core/errors.ts'
import { accelerateConfig } from './accelerate-config.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { PlanOptions } from './plan-options.ts'
import { sftConfig } from './sft-config.ts'
import { ACCELERATE_FILE, CONFIG_FILE, MERGED_FOLDER, OUTPUT_FOLDER, SCRIPT_FILE } from './state-files.ts'
import { TRAIN_SCRIPT } from './train-script.ts'

export interface TrlPlan {
  layout: Layout
  /** Rows of one optimiser step; with packing, sequences. */
  rowsPerStep: number
  /** By name, in the state folder. */
  files: Record<string, string>
  command: string[]
  /** What it comes to on each node: with one node, the command itself. */
  nodeCommands: string[][]
  /** With LoRA: what merges the adapter into the weights afterwards. */
  mergeCommand?: string[]
  environment: Record<string, string>
}

/**
 * Plans a training: its configuration for TRL, for accelerate where several processes share it, and the command.
 *
 * @throws {MisstepError} `usage` when the options do not fit each other or the machine
 */
export function planTrl(options: PlanOptions): TrlPlan {
  const { trl, train, machine, rows, folder } = options
  const layout = layoutOf(trl, machine)
  const world = layout.processes * layout.nodes
  const atOnce = world * trl.rowsAtOnce
  const maxLength = trl.maxLength ?? rows.longest
  if (maxLength < rows.longest) {
    throw new MisstepError('usage', `The longest row has ${rows.longest} tokens: TRL would cut it`, {
      value: { maxLength },
      advice: 'Raise trl.maxLength, or render shorter rows.',
    })
  }
  const tokensEach = trl.packing ? maxLength : rows.tokens / rows.rows
  const accumulation = Math.max(1, Math.round(train.batchTokens / tokensEach / atOnce))
  const config = sftConfig({ ...options, layout, maxLength, accumulation })
  const own = Object.keys(trl.config).filter(key => key in config)
  if (own.length > 0) {
    throw new MisstepError('usage', 'These lines of TRL are set by the engine', {
      value: own,
      advice: "Use the recipe's own words for them (docs/train-trl.md), and leave them out of trl.config.",
    })
  }
  const accelerate = accelerateConfig(layout, trl)
  return {
    layout,
    rowsPerStep: accumulation * atOnce,
    files: {
      [CONFIG_FILE]: stringify({ ...config, ...trl.config }),
      [SCRIPT_FILE]: TRAIN_SCRIPT,
      ...(accelerate && { [ACCELERATE_FILE]: stringify(accelerate) }),
    },
    command: commandOf(options, layout),
    nodeCommands: Array.from({ length: layout.nodes }, (_, node) => nodeCommand(options, layout, String(node))),
    ...(trl.method === 'lora' && { mergeCommand: mergeCommand(options) }),
    environment: {
      MISSTEP_STATE: folder,
      HF_DATASETS_CACHE: join(folder, 'cache'),
      // A folder is trained: there is nothing to fetch, and nothing to tell.
      HF_HUB_OFFLINE: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
      TOKENIZERS_PARALLELISM: 'false',
      PYTHONUNBUFFERED: '1',
    },
  }
}

/** The start of the command on a node, where its number is to be put, and the rest. */
function commandParts({ python, folder, trl }: PlanOptions, layout: Layout): [start: string[], rest: string[]] {
  const script = [join(folder, SCRIPT_FILE), '--config', join(folder, CONFIG_FILE)]
  if (layout.processes * layout.nodes === 1) return [[python], script]
  const { nodes } = trl
  // accelerate's own way to several processes without a GPU needs MPI; torchrun's does not.
  const torchrun = ['-m', 'torch.distributed.run', '--nproc-per-node', String(layout.processes)]
  const accelerate = ['-m', 'accelerate.commands.launch', '--config_file', join(folder, ACCELERATE_FILE)]
  if (!nodes) {
    const launch = layout.onGpu ? [...accelerate, '--main_process_port', '0'] : [...torchrun, '--standalone']
    return [[python, ...launch], script]
  }
  const [address, port] = [nodes.address, String(nodes.port)]
  const launch = layout.onGpu
    ? [...accelerate, '--main_process_ip', address, '--main_process_port', port, '--machine_rank']
    : [...torchrun, '--nnodes', String(nodes.count), '--master-addr', address, '--master-port', port, '--node-rank']
  return [[python, ...launch], script]
}

function nodeCommand(options: PlanOptions, layout: Layout, node: string): string[] {
  const [start, rest] = commandParts(options, layout)
  return [...start, ...(options.trl.nodes && layout.processes * layout.nodes > 1 ? [node] : []), ...rest]
}

function commandOf(options: PlanOptions, layout: Layout): string[] {
  const { nodes } = options.trl
  const [[python, ...launch], script] = commandParts(options, layout)
  if (!nodes || launch.length === 0) return [python!, ...launch, ...script]
  // The number of the node is known only there, so a shell on each node fills it in.
  const shell = `exec "$0" ${launch.map((_, index) => `"\${${index + 1}}"`).join(' ')} "\${${nodes.rankVariable}}" ${script
    .map((_, index) => `"\${${launch.length + index + 1}}"`)
    .join(' ')}`
  return [...nodes.launcher, 'sh', '-c', shell, python!, ...launch, ...script]
}

const mergeCommand = ({ python, folder, train }: PlanOptions): string[] => [
  ...[python, join(folder, SCRIPT_FILE), 'merge', train.from],
  ...[join(folder, OUTPUT_FOLDER), join(folder, MERGED_FOLDER)],
]
