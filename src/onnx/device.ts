/**
 * Where models are computed: on the processor, or by another provider of ONNX Runtime that is installed. Which providers
 * there are is its own affair; nothing here knows one by name.
 * @module
 */
import { env, InferenceSession, listSupportedBackends } from 'onnxruntime-node'
import { MisstepError } from '../core/errors.ts'

/** `cpu`, the processor; `auto`, the first of the other providers that works here, else the processor; or a provider's name. */
export type Device = string

/** What the name of a device looks like; whether it works shows when a model is opened. */
export const DEVICE_NAME = /^[a-z][a-z0-9]*$/

/** Providers that did not work here: they are asked once. */
const refused = new Set<string>()

const others = () => listSupportedBackends().filter(({ name }) => name !== 'cpu')

/**
 * A session on a device, and the name of the provider that computes there.
 *
 * @throws {MisstepError} `usage` when a named provider does not exist here; `model` when it does not work, or refuses the model
 */
export async function createOn(
  device: Device,
  model: Uint8Array,
  settings: InferenceSession.SessionOptions,
): Promise<{ session: InferenceSession; device: string }> {
  // Before anything is opened, else each provider that does not work writes lines of its own.
  if (device !== 'cpu') env.logLevel = 'fatal'
  const on = async (name: string) => ({
    session: await InferenceSession.create(model, { ...settings, executionProviders: [name, 'cpu'] }),
    device: name,
  })
  if (device === 'auto') {
    for (const { name } of others()) {
      if (refused.has(name)) continue
      try {
        return await on(name)
      } catch {
        refused.add(name)
      }
    }
  } else if (device !== 'cpu') return on(checkDevice(device)).catch(cause => Promise.reject(broken(device, cause)))
  try {
    return { session: await InferenceSession.create(model, settings), device: 'cpu' }
  } catch (cause) {
    throw new MisstepError('model', `ONNX Runtime does not accept the model (${(cause as Error).message})`, { cause })
  }
}

/**
 * @returns the device, if there is one of this name here; it may still not work
 * @throws {MisstepError} `usage` when there is none
 */
function checkDevice(device: Device): Device {
  const names = ['cpu', 'auto', ...others().map(({ name }) => name)]
  if (names.includes(device)) return device
  throw new MisstepError('usage', `ONNX Runtime has no such device on ${process.platform} ${process.arch}`, {
    value: device,
    advice: `There are ${names.join(', ')}.`,
  })
}

/**
 * What became of `auto`, as a sentence; nothing where a device was named, for then it is used or refused.
 *
 * @param used the provider that computes
 */
export function deviceNote(asked: Device | undefined, used: string): string | undefined {
  if (asked !== 'auto') return undefined
  if (used !== 'cpu') return `device: auto takes ${used}.`
  return `device: auto takes the processor, for none of ${others()
    .map(({ name }) => name)
    .join(', ')} works here.`
}

function broken(name: string, cause: Error): MisstepError {
  const [line = ''] = cause.message.split('\n')
  const isBundled = others().some(each => each.name === name && each.bundled)
  const files = isBundled
    ? 'Its files come with onnxruntime-node'
    : 'Get its files: npm rebuild onnxruntime-node --onnxruntime-node-install'
  return new MisstepError('model', `The device ${name} does not work here (${line.slice(0, 300)})`, {
    advice: `${files}; the driver and libraries that it needs are named at https://onnxruntime.ai/docs/execution-providers. Or say auto, or cpu.`,
    cause,
  })
}
