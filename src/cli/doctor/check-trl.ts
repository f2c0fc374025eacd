/**
 * Checks what training with TRL needs: a Python, its packages, a GPU.
 * @module
 */
import type { Check } from './check.ts'
import { firstLineOf } from './check.ts'

export async function checkTrl(): Promise<Check[]> {
  const { missingPackages, OLDEST_TRL, probeMachine, pythonNamed } = await import('../../train/trl/machine.ts')
  const python = pythonNamed()
  const check = { name: 'TRL, for train.engine: trl', needed: false }
  const install = `${python} -m pip install "trl>=${OLDEST_TRL}" peft; the variable MISSTEP_PYTHON names another Python.`
  try {
    const machine = await probeMachine(python)
    const there = Object.entries(machine.packages).flatMap(([name, version]) => (version ? [`${name} ${version}`] : []))
    const missing = missingPackages(machine)
    const found = [`Python ${machine.python}`, ...there, ...missing.map(name => `no ${name}`)].join(', ')
    const gpus = machine.gpus.map(({ name, bytes }) => `${name} with ${(bytes / 1e9).toFixed(0)} GB`)
    return [
      { ...check, ok: missing.length === 0, found, advice: install },
      {
        name: 'GPU, for larger students',
        ok: gpus.length > 0,
        needed: false,
        found: gpus.join(', ') || 'none that torch sees',
        advice: 'Small students train on the processor.',
      },
    ]
  } catch (error) {
    return [{ ...check, ok: false, found: firstLineOf(error), advice: install }]
  }
}
