/**
 * What the user's Python has.
 * @module
 */
import { execFile } from 'node:child_process'
import { z } from 'zod'
import { MisstepError } from '../../core/errors.ts'

const machineSchema = z.object({
  python: z.string(),
  /** Of each package, its version; null where it is missing. */
  packages: z.record(z.string(), z.string().nullable()),
  gpus: z.array(z.object({ name: z.string(), bytes: z.number() })),
  bf16: z.boolean(),
})

/** A Python, its packages and its GPUs. */
export type TrlMachine = z.infer<typeof machineSchema>

/** What TRL's own script needs, and what some options need. */
const TRL_PACKAGES = ['torch', 'trl', 'transformers', 'accelerate', 'datasets'] as const
const OPTIONAL_PACKAGES = ['peft', 'deepspeed', 'flash-attn'] as const

/** The oldest TRL whose rows of tokens keep their labels through packing and the default loss. */
export const OLDEST_TRL = '1.9.0'

const PROBE = `
import importlib.metadata as metadata, json, platform
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
found = {name: version(name) for name in ${JSON.stringify([...TRL_PACKAGES, ...OPTIONAL_PACKAGES])}}
gpus, bf16 = [], False
try:
    import torch
    for index in range(torch.cuda.device_count()):
        device = torch.cuda.get_device_properties(index)
        gpus.append({"name": device.name, "bytes": device.total_memory})
    bf16 = bool(gpus) and torch.cuda.is_bf16_supported()
except Exception:
    pass
print(json.dumps({"python": platform.python_version(), "packages": found, "gpus": gpus, "bf16": bf16}))
`

/** The Python to use: the one named, the variable MISSTEP_PYTHON, or python3. */
export const pythonNamed = (python?: string): string => python ?? (process.env.MISSTEP_PYTHON || 'python3')

/**
 * Asks a Python what it has.
 *
 * @throws {MisstepError} `train` when it cannot be run
 */
export async function probeMachine(python: string): Promise<TrlMachine> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(python, ['-c', PROBE], { timeout: 120_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  }).catch((cause: Error) => {
    throw new MisstepError('train', 'The Python for TRL cannot be run', {
      value: python,
      advice: 'Name one that has trl with train.trl.python, or with the variable MISSTEP_PYTHON.',
      cause,
    })
  })
  const lastLine = output.trimEnd().split('\n').at(-1) ?? ''
  return machineSchema.parse(JSON.parse(lastLine))
}

/** Names and commands of what is missing for a training; empty when all is there. */
export function missingPackages({ packages }: TrlMachine, needed: readonly string[] = []): string[] {
  const missing = [...TRL_PACKAGES, ...needed].filter(name => !packages[name])
  const trl = packages.trl
  return trl && isOlder(trl, OLDEST_TRL) ? [...missing, `trl>=${OLDEST_TRL}`] : missing
}

function isOlder(version: string, than: string): boolean {
  const parts = (text: string) => text.split('.').map(part => Number.parseInt(part, 10) || 0)
  const [left, right] = [parts(version), parts(than)]
  const at = right.findIndex((part, index) => (left[index] ?? 0) !== part)
  return at >= 0 && (left[at] ?? 0) < right[at]!
}
