/**
 * Opens a GGUF file: its metadata at once, its tensors one at a time.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { openFile } from '../random-access-file.ts'
import type { Tensor } from '../safetensors.ts'
import { damaged } from './cursor.ts'
import { type GgufEntry, type Metadata, parseGgufHeader } from './parse-header.ts'
import { TENSOR_TYPES } from './tensor-types.ts'

export interface GgufFile {
  readonly path: string
  readonly metadata: Metadata
  /** By ggml's names, rows before columns. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Reads one tensor as float32, dequantised. */
  read(name: string): Promise<Tensor>
  close(): Promise<void>
}

/** More than any vocabulary that we know takes; what is beyond is not read as a header. */
const LONGEST_HEADER = 2 ** 26

/**
 * Opens a file with tensors of the types F32, F16, BF16, Q8_0, Q4_0 and Q4_1.
 *
 * @throws {MisstepError} `model` when the file cannot be read, is damaged, or has tensors of other types
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const file = await openFile(path)
  try {
    const { metadata, entries } = parseGgufHeader(await file.read(0, LONGEST_HEADER), file.length, path)
    const places = new Map(entries.map(entry => [entry.name, { entry, to: checkEntry(entry, file.length, path) }]))
    if (places.size < entries.length) throw damaged(path, 'two tensors have the same name')
    return {
      path,
      metadata,
      shapes: new Map(entries.map(({ name, shape }) => [name, shape])),
      async read(name) {
        const { entry, to } = places.get(name)!
        const data = TENSOR_TYPES[entry.type]!.toFloats(await file.read(entry.from, to))
        return { shape: [...entry.shape], data }
      },
      close: file.close,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Where a tensor ends in the file. */
function checkEntry({ name, shape, type, from }: GgufEntry, fileLength: number, path: string): number {
  const kind = Object.hasOwn(TENSOR_TYPES, type) ? TENSOR_TYPES[type]! : undefined
  if (!kind) {
    const known = Object.values(TENSOR_TYPES).map(each => each.name)
    throw new MisstepError('model', `Tensor ${name} of ${path} has a type that is not read`, {
      value: type,
      advice: `Types that are read: ${known.join(', ')}. Take a file that is quantised otherwise, or not at all.`,
    })
  }
  const length = shape.reduce((product, size) => product * size, 1)
  const columns = shape.at(-1) ?? 1
  if (columns % kind.block !== 0) {
    throw damaged(path, `the rows of tensor ${name} are no whole blocks of ${kind.block} numbers`, shape)
  }
  const to = from + (length / kind.block) * kind.bytes
  if (!(to <= fileLength)) throw damaged(path, `tensor ${name} ends at ${to}, the file at ${fileLength}`)
  return to
}
