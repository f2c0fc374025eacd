/**
 * Text to token ids: the library's own result, some fifteen times as fast, and cut exactly where a text's parts meet.
 * @module
 */
import type { Tokenizer as Library } from '@huggingface/tokenizers'
import { createAddedTokens } from './added-tokens.ts'
import { createPieceCutter, type PieceCutter } from './cut-pieces.ts'

/** Texts that are remembered with their ids, and the longest of them in UTF-16 code units. */
const REMEMBERED_PIECES = 100_000
const REMEMBERED_SECTIONS = 20_000
const LONGEST = 400

export interface Encoder {
  /** The ids of a text; special tokens recognised, none added. */
  encode(text: string): number[]
  /** The ids of each part of a text, together those of the whole; `undefined` where a token reaches across a border. */
  encodeParts(parts: readonly string[]): number[][] | undefined
}

interface AddedToken {
  id: number
  content: string
  lstrip: boolean
  rstrip: boolean
  single_word: boolean
  normalized: boolean
}

/**
 * The encoder of a tokenizer. Byte-pair encodings are encoded piece by piece (`cut-pieces.ts` says why that is exact), and
 * pieces are remembered; any other tokenizer is left to the library.
 *
 * @param file the parsed `tokenizer.json`
 */
export function createEncoder(
  library: Library,
  file: Record<string, unknown>,
  config: Record<string, unknown>,
): Encoder {
  const added = [...library.get_added_tokens_decoder().values()] as AddedToken[]
  const normalizesText = Boolean(config.remove_space || config.do_lowercase_and_remove_accent)
  const plain = added.every(token => !token.single_word && !(token.normalized && library.normalizer))
  const cutter = plain && !normalizesText ? createPieceCutter(library, file) : undefined
  if (cutter) return createPieceEncoder(library, cutter, added)
  const encode = (text: string) => (text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids)
  return {
    encode,
    encodeParts(parts) {
      const ids = parts.map(encode)
      const whole = encode(parts.join(''))
      let at = 0
      for (const own of ids) for (const id of own) if (id !== whole[at++]) return undefined
      return at === whole.length ? ids : undefined
    },
  }
}

function createPieceEncoder(library: Library, cutter: PieceCutter, added: readonly AddedToken[]): Encoder {
  const addedTokens = createAddedTokens(added.map(({ content, id }) => [content, id]))
  const strips = new Map(added.filter(({ lstrip, rstrip }) => lstrip || rstrip).map(token => [token.id, token]))
  const model = library.model as unknown as { encode(words: string[]): string[] }
  const encodePiece = remember(piece =>
    model.encode([cutter.toWord(piece)]).map(token => library.token_to_id(token) as number),
  )

  /** The text of each section that is left once its neighbours have taken the white space that they swallow. */
  const sectionsOf = (text: string) => {
    const sections = addedTokens.split(text)
    if (strips.size === 0) return sections
    return sections.map((section, i) => {
      if (section.id >= 0) return section
      let { from, to } = section
      if (strips.get(sections[i - 1]?.id ?? -1)?.rstrip) from = to - text.slice(from, to).trimStart().length
      if (strips.get(sections[i + 1]?.id ?? -1)?.lstrip) to = from + text.slice(from, to).trimEnd().length
      return { from, to, id: -1 }
    })
  }

  /** The ids of a section's text between its cuts; `undefined` where a token reaches across one. */
  const encodeSection = (section: string, cuts: readonly number[], isFirst: boolean): number[][] | undefined => {
    const normalized = cutter.normalize(section, isFirst)
    const ids: number[][] = [[]]
    // Where the cuts are in the normalised text.
    const marks: number[] = []
    for (const cut of cuts) {
      const before = cutter.normalize(section.slice(0, cut), isFirst)
      if (!normalized.startsWith(before)) return undefined
      marks.push(before.length)
      ids.push([])
    }
    let at = 0
    let part = 0
    for (const piece of cutter.cut(normalized)) {
      while (marks[part] === at) part++
      const end = at + piece.length
      const isCut = part < marks.length && marks[part]! < end
      let bytes = 0
      const borderAfter = () =>
        part < marks.length && marks[part]! < end
          ? Buffer.byteLength(piece.slice(0, marks[part]! - at))
          : Number.POSITIVE_INFINITY
      let border = isCut ? borderAfter() : Number.POSITIVE_INFINITY
      for (const id of encodePiece(piece)) {
        while (bytes === border) {
          part++
          border = borderAfter()
        }
        ids[part]!.push(id)
        if (!isCut) continue
        bytes += cutter.bytesOf(library.id_to_token(id) as string)
        if (bytes > border) return undefined
      }
      at = end
    }
    return ids
  }
  const known = createMemory<number[][]>(REMEMBERED_SECTIONS)
  const knownWithCuts = createMemory<number[][]>(REMEMBERED_SECTIONS)

  /** Ids go to the part that their text begins in; `borders` are the ends of the parts, the last one that of the text. */
  const encodeInto = (text: string, borders: readonly number[], ids: number[][]): boolean => {
    let part = 0
    for (const [index, { from, to, id }] of sectionsOf(text).entries()) {
      if (from === to) continue
      while (borders[part]! <= from) part++
      if (id >= 0) {
        if (borders[part]! < to) return false
        ids[part]!.push(id)
        continue
      }
      const section = text.slice(from, to)
      const cuts: number[] = []
      for (let i = part; borders[i]! < to; i++) cuts.push(borders[i]! - from)
      // Most have no cuts; a key need not be put together for them.
      const [memory, key] = cuts.length === 0 ? [known, section] : [knownWithCuts, `${cuts.join()}|${section}`]
      const mayRemember = index > 0 && section.length <= LONGEST
      const found = mayRemember ? memory.get(key) : undefined
      const own = found ?? encodeSection(section, cuts, index === 0)
      if (!own) return false
      if (mayRemember && !found) memory.set(key, own)
      for (let i = 0; i < own.length; i++) {
        const target = ids[part + i]!
        for (const each of own[i]!) target.push(each)
      }
    }
    return true
  }

  return {
    encode(text) {
      const ids: number[] = []
      encodeInto(text, [text.length], [ids])
      return ids
    },
    encodeParts(parts) {
      const borders: number[] = []
      for (const part of parts) borders.push((borders.at(-1) ?? 0) + part.length)
      const ids = parts.map((): number[] => [])
      return encodeInto(parts.join(''), borders, ids) ? ids : undefined
    },
  }
}

function remember(encode: (text: string) => number[]): (text: string) => readonly number[] {
  const known = createMemory<number[]>(REMEMBERED_PIECES)
  return text => {
    const found = known.get(text)
    if (found) return found
    const ids = encode(text)
    if (text.length <= LONGEST) known.set(text, ids)
    return ids
  }
}

/** A map that forgets everything when it is full: what is needed often is soon there again. */
function createMemory<T>(most: number): { get(key: string): T | undefined; set(key: string, value: T): void } {
  const known = new Map<string, T>()
  return {
    get: key => known.get(key),
    set(key, value) {
      if (known.size >= most) known.clear()
      known.set(key, value)
    },
  }
}
