/**
 * Reads numbers and texts one after the other out of untrusted bytes.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'

export interface Cursor {
  /** Bytes read so far. */
  readonly at: number
  /** The next bytes, which are then behind the cursor. */
  view(length: number): DataView
  integer32(): number
  /** @param what it is, for errors */
  integer64(what: string): number
  /** How many items follow, each of which takes at least so many bytes. */
  count(what: string, leastBytes: number): number
  /** A length of 64 bits and so many bytes of UTF-8. */
  text(): string
}

/**
 * A cursor at the start of a file's beginning.
 *
 * @param fileLength bytes of the whole file, which may be more than were read of it
 */
export function createCursor(bytes: Uint8Array, fileLength: number, file: string): Cursor {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let at = 0
  const view = (length: number) => {
    if (length > bytes.length - at) {
      const where =
        bytes.length < fileLength ? `the ${bytes.length} bytes that a header may have` : 'the end of the file'
      throw damaged(file, `it claims ${length} bytes beyond ${where}, at ${at}`)
    }
    at += length
    return new DataView(bytes.buffer, bytes.byteOffset + at - length, length)
  }
  const integer64 = (what: string) => {
    const value = Number(view(8).getBigUint64(0, true))
    if (Number.isSafeInteger(value)) return value
    throw damaged(file, `${what} is beyond all measure`, String(value))
  }
  return {
    get at() {
      return at
    },
    view,
    integer32: () => view(4).getUint32(0, true),
    integer64,
    count(what, leastBytes) {
      const count = integer64(`the number of ${what}`)
      if (count * leastBytes <= bytes.length - at) return count
      throw damaged(file, `it claims ${count} ${what}, which do not fit into it`)
    },
    text() {
      const { buffer, byteOffset, byteLength } = view(integer64('the length of a text'))
      try {
        return decoder.decode(new Uint8Array(buffer, byteOffset, byteLength))
      } catch (cause) {
        throw damaged(file, `a text is no UTF-8, at ${at - byteLength}`, undefined, cause)
      }
    },
  }
}

export const damaged = (file: string, what: string, value?: unknown, cause?: unknown) =>
  new MisstepError('model', `${file} is damaged or no GGUF file: ${what}`, {
    value,
    cause,
    advice: 'Fetch the file again.',
  })
