/**
 * The tensors of a checkpoint folder, in one safetensors file or in several, read one at a time.
 * @module
 */
import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MisstepError } from '../core/errors.ts'
import type { TensorShape } from './config.ts'
import { cannotRead, openFile, type RandomAccessFile } from './random-access-file.ts'
import { type Tensor, toFloats } from './safetensors.ts'
import { type Entry, headerLength, parseHeader } from './safetensors-header.ts'

/** Tensors that lie on disk. */
export interface TensorFiles {
  /** For errors. */
  readonly path: string
  readonly shapes: ReadonlyMap<string, TensorShape>
  /** Reads one tensor as float32. */
  read(name: string): Promise<Tensor>
  /** Of the bytes of all files in the order of their names, in hexadecimal. */
  sha256(): Promise<string>
  close(): Promise<void>
}

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'

/** @throws {MisstepError} `model` when a file is missing or damaged */
export async function openTensorFiles(folder: string): Promise<TensorFiles> {
  const single = join(folder, SINGLE)
  const index = join(folder, INDEX)
  const sharded = !(await exists(single)) && (await exists(index))
  if (!sharded && !(await exists(single))) await refusePickled(folder)
  const weightMap = sharded ? await readWeightMap(index) : undefined
  const paths = weightMap ? [...new Set(weightMap.values())].sort().map(name => join(folder, name)) : [single]
  const files: RandomAccessFile[] = []
  const places = new Map<string, { file: RandomAccessFile; entry: Entry }>()
  const close = async () => {
    await Promise.all(files.map(file => file.close()))
  }
  try {
    for (const path of paths) {
      const file = await openFile(path)
      files.push(file)
      const header = await file.read(0, headerLength(await file.read(0, 8), file.length, path))
      for (const entry of parseHeader(header, file.length, path)) {
        if (places.has(entry.name)) throw broken(`Tensor ${entry.name} is in two files`, path)
        places.set(entry.name, { file, entry })
      }
    }
    for (const [name, shard] of weightMap ?? []) {
      const place = places.get(name)
      if (!place || basename(place.file.path) !== shard) throw broken(`Tensor ${name} is not in ${shard}`, index)
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    path: sharded ? index : single,
    shapes: new Map([...places].map(([name, { entry }]) => [name, entry.shape])),
    async read(name) {
      const { file, entry } = places.get(name)!
      return { shape: [...entry.shape], data: toFloats(entry.dtype, await file.read(entry.from, entry.to)) }
    },
    async sha256() {
      const digest = createHash('sha256')
      const piece = 2 ** 23
      for (const file of files) {
        for (let at = 0; at < file.length; at += piece) digest.update(await file.read(at, at + piece))
      }
      return digest.digest('hex')
    },
    close,
  }
}

/** Which file holds which tensor. Names of files are data: none may lead out of the folder. */
async function readWeightMap(index: string): Promise<Map<string, string>> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(index, 'utf8'))
  } catch (cause) {
    throw cannotRead(index, cause as Error)
  }
  const map = (json as { weight_map?: unknown } | null)?.weight_map
  if (typeof map !== 'object' || map === null) throw broken('There is no weight_map', index)
  for (const file of Object.values(map)) {
    if (typeof file !== 'string' || !/^[\w-][\w.-]*\.safetensors$/.test(file)) {
      throw broken('The weight_map names what is no safetensors file of the folder', index, file)
    }
  }
  return new Map(Object.entries(map as Record<string, string>))
}

/** What the weights were kept in before safetensors runs code when it is read, so it is not. */
async function refusePickled(folder: string): Promise<void> {
  const old = (await readdir(folder).catch(() => [])).find(name => /^pytorch_model.*\.bin/.test(name))
  if (old === undefined) return
  throw new MisstepError('model', 'The weights are pickled; only safetensors are read', {
    value: join(folder, old),
    advice: `Save them anew: python -c "from transformers import AutoModelForCausalLM as A; A.from_pretrained('<folder>').save_pretrained('<folder>')"`,
  })
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

const broken = (what: string, file: string, value?: unknown) =>
  new MisstepError('model', `${what}, according to ${file}`, { value, advice: 'Write or fetch the checkpoint again.' })
