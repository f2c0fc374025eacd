/**
 * Finds and opens a model that is evaluated, or teaches: one behind an endpoint, or a checkpoint.
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { MisstepError } from '../core/errors.ts'
import {
  createEmbeddedModel,
  createEndpointModel,
  type EmbeddedModel,
  type Endpoint,
  type EndpointModel,
  endpointSchema,
  listModels,
} from '../models/index.ts'
import { type Device, deviceNote } from '../onnx/index.ts'

export interface ModelChoice {
  /** An endpoint's address; a YAML or JSON file that describes one; or a checkpoint. */
  model: string
  /** The model's name, as the server knows it; default: the only one that it serves. */
  name?: string
  /** The name of the environment variable that holds the key. */
  key?: string
}

/** A model that is not opened yet. */
export type FoundModel = { name: string } & ({ endpoint: Endpoint; address: string } | { checkpoint: string })

/**
 * What a command line means by a model. Nothing is sent but the question which model there is, where no name is given.
 *
 * @throws {MisstepError} `usage` when there is nothing by this name, the endpoint is not described right, or the key is
 * not set; `model` when the endpoint does not say which models it has
 * @example
 * await findModel({ model: 'http://127.0.0.1:8000/v1', name: 'qwen2.5-7b-instruct' })
 */
export async function findModel({ model, name, key }: ModelChoice): Promise<FoundModel> {
  const given = { ...(name !== undefined && { model: name }), ...(key !== undefined && { key }) }
  if (/^https?:\/\//i.test(model)) return checkEndpoint({ url: model, ...given })
  const found = statSync(model, { throwIfNoEntry: false })
  if (!found) {
    throw new MisstepError('usage', 'There is no such model', {
      value: model,
      advice: 'It is an address such as http://127.0.0.1:8000/v1, a YAML file with url and model, or a checkpoint.',
    })
  }
  if (found.isFile() && /\.(ya?ml|json)$/i.test(model)) return checkEndpoint({ ...readEndpoint(model), ...given })
  if (found.isFile()) {
    const isGguf = model.endsWith('.gguf')
    throw new MisstepError('usage', isGguf ? 'A GGUF file is not run as it is' : 'This file is no model', {
      value: model,
      advice: isGguf
        ? `Make it a folder: misstep convert ${model} --to ${basename(model, '.gguf')}`
        : 'A model is an address, a YAML file with url and model, or the folder of a checkpoint.',
    })
  }
  return { name: name ?? basename(resolve(model)), checkpoint: model }
}

export interface OpenModelOptions {
  /** See `createEndpointModel`. */
  record?: string
  replay?: string
  /** Conversations whose state a checkpoint keeps. */
  slots?: number
  /** Who computes a checkpoint's dense layers. Default: the processor. */
  device?: Device
  /** Is told in a sentence what became of the device `auto`. */
  note?: (text: string) => void
  signal?: AbortSignal
}

/**
 * Opens what `findModel` has found.
 *
 * @throws {MisstepError} `model` when the checkpoint cannot be run; see also `createEndpointModel`
 */
export async function openModel(found: FoundModel, options: OpenModelOptions): Promise<EmbeddedModel | EndpointModel> {
  const { slots, device, note, signal, record, replay } = options
  if ('endpoint' in found) {
    if (device !== undefined) {
      throw new MisstepError('usage', 'A device is for a checkpoint: an endpoint computes where it is', {
        value: device,
      })
    }
    return createEndpointModel(found.endpoint, {
      ...(record !== undefined && { record }),
      ...(replay !== undefined && { replay }),
      ...(signal && { signal }),
    })
  }
  if (record === undefined && replay === undefined) {
    const model = await createEmbeddedModel(found.checkpoint, {
      ...(slots !== undefined && { slots }),
      ...(device !== undefined && { device }),
    })
    const told = deviceNote(device, model.device)
    if (told !== undefined) note?.(told)
    return model
  }
  throw new MisstepError('usage', 'Only an endpoint is recorded or replayed: a checkpoint answers the same anyway', {
    value: found.checkpoint,
  })
}

function readEndpoint(path: string): object {
  let value: unknown
  try {
    value = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new MisstepError('usage', 'The file of the endpoint is not YAML', { value: path, cause })
  }
  if (value !== null && typeof value === 'object') return value
  throw new MisstepError('usage', 'The file describes no endpoint', { value: path, advice: 'It has url and model.' })
}

async function checkEndpoint(given: { url?: string; model?: string; key?: string }): Promise<FoundModel> {
  const known = endpointSchema.partial({ model: true }).safeParse(given)
  if (!known.success) {
    // Without the value: what was taken for the name of a variable, or stands in the address, may be the key itself.
    throw new MisstepError('usage', 'The endpoint is not described right', { advice: z.prettifyError(known.error) })
  }
  const { url } = known.data
  const { origin, pathname } = new URL(url)
  const address = `${origin}${pathname}`
  const name = known.data.model ?? (await onlyModel(known.data))
  return { name, endpoint: { ...given, url, model: name }, address }
}

/** What the endpoint serves, where that is one model. */
async function onlyModel(endpoint: { url: string; key?: string | undefined }): Promise<string> {
  const names = await listModels(endpoint)
  if (names.length === 1) return names[0]!
  throw new MisstepError('usage', `The endpoint has ${names.length} models`, {
    value: names.slice(0, 20),
    advice: 'Name one: --name, or --model of a teacher.',
  })
}
