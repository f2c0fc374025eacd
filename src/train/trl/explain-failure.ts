/**
 * From the last words of a child to an error that says what to do.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import type { ChildEnd } from './run-child.ts'

interface Failure {
  pattern: RegExp
  what: string | ((match: RegExpMatchArray) => string)
  advice: string | ((match: RegExpMatchArray) => string)
}

const LESS_MEMORY =
  'Lower trl.rowsAtOnce or batchTokens, shard over more GPUs (trl.sharding: fsdp2), or train with trl.method: lora.'

/** The first that matches counts: the causes come before what they bring about. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /OutOfMemoryError|CUDA out of memory|HIP out of memory|CUBLAS_STATUS_ALLOC_FAILED/,
    what: 'The GPU has too little memory',
    advice: LESS_MEMORY,
  },
  {
    pattern: /MemoryError|DefaultCPUAllocator: can't allocate memory|Cannot allocate memory/,
    what: 'The machine has too little memory',
    advice: LESS_MEMORY,
  },
  {
    pattern: /misstep: loss (\S+), gradient norm (\S+) at step (\d+)/,
    what: match => `The loss or its gradient is not a finite number at step ${match[3]}`,
    advice: 'Lower the learning rate, or lengthen the warm-up.',
  },
  {
    pattern: /FlashAttention2? .*(?:not seem to be installed|has been toggled on, but it cannot be used)/,
    what: 'Flash attention is not installed in that Python',
    advice: 'Run pip install flash-attn with that Python, or leave out trl.attention and trl.packing.',
  },
  {
    pattern: /(?:ModuleNotFoundError|ImportError): (?:No module named '([\w.]+)'|(.*))/,
    what: match => `A Python package cannot be loaded: ${match[1] ?? match[2]}`,
    advice: match => `Run pip install ${packageOf(match[1])} with that Python; misstep doctor says what is there.`,
  },
  {
    pattern: /EADDRINUSE|[Aa]ddress already in use/,
    what: 'The port that the processes meet at is taken',
    advice: 'Set trl.nodes.port to a free one, or wait until the other training has ended.',
  },
  {
    pattern: /Some specified arguments are not used by the TrlParser.*?(\[.*\])|unrecognized arguments: (.*)/,
    what: match => `TRL does not know a line of its configuration: ${match[1] ?? match[2]}`,
    advice: 'Correct trl.config, or install the TRL that this was made for: pip install "trl>=1.9".',
  },
  {
    pattern:
      /No CUDA GPUs are available|Found no NVIDIA driver|no GPUs found|bf16 (?:requires|is not supported)|setup doesn't support bf16/,
    what: 'There is no GPU that can do this',
    advice: 'Set trl.precision: float32 to train on the processor, or use a machine with a GPU.',
  },
  {
    pattern: /No space left on device/,
    what: 'The disk is full',
    advice: 'Make room: a saved state takes three times the weights. The same command goes on from the last one.',
  },
  {
    pattern: /does not appear to have a file named|Unrecognized model in|is not a valid model identifier/,
    what: 'Transformers cannot load the model',
    advice: 'Give a Hugging Face folder with config.json and its weights as safetensors.',
  },
]

/** The error that a failed training ends with. */
export function explainFailure(end: ChildEnd, log: string): MisstepError {
  const { code, signal, output, failure } = end
  if (failure) {
    return new MisstepError('train', 'The training cannot be started', {
      value: failure.message,
      advice: 'Name a Python that has trl with train.trl.python, or with the variable MISSTEP_PYTHON.',
      cause: failure,
    })
  }
  for (const { pattern, what, advice } of FAILURES) {
    const match = output.match(pattern)
    if (!match) continue
    const say = (part: Failure['what']) => (typeof part === 'string' ? part : part(match))
    return new MisstepError('train', say(what), { advice: `${say(advice)}\n  All that it said is in ${log}.` })
  }
  // 137 is what a shell, and a launcher, make of SIGKILL.
  if (signal === 'SIGKILL' || code === 137 || /exitcode\s*: -9|Signal 9 \(SIGKILL\)/.test(output)) {
    return new MisstepError('train', 'The training was killed, most likely for want of memory', {
      advice: `${LESS_MEMORY}\n  The same command goes on from the last saved step. All that it said is in ${log}.`,
    })
  }
  if (signal === 'SIGTERM' || signal === 'SIGINT') {
    return new MisstepError('train', `The training was ended from outside (${signal})`, {
      advice: `The same command goes on from the last saved step. All that it said is in ${log}.`,
    })
  }
  const lastLine = output.trimEnd().split('\n').at(-1) ?? ''
  return new MisstepError('train', `The training failed with ${signal ?? `exit code ${code}`}`, {
    value: lastLine,
    advice: `All that it said is in ${log}. The same command goes on from the last saved step.`,
  })
}

/** Packages whose modules have another name. */
const PACKAGES: Readonly<Record<string, string>> = { yaml: 'pyyaml', flash_attn: 'flash-attn' }

function packageOf(module: string | undefined): string {
  const name = module?.split('.')[0] ?? 'trl'
  return PACKAGES[name] ?? name
}
