/**
 * Finds a tokenizer's added tokens in a text, the longest first, as Hugging Face tokenizers do before anything else.
 * @module
 */

/** A piece of a text: an added token, or what stands between two of them. */
export interface Section {
  /** Where it begins, in UTF-16 code units. */
  from: number
  to: number
  /** The id of an added token; -1 for ordinary text. */
  id: number
}

interface Branch {
  next: Map<number, Branch>
  id: number
}

export interface AddedTokens {
  /** The sections of a text, in order and without gaps. */
  split(text: string): Section[]
  /** The first added token of a text that begins at `start` (default 0) or later. */
  find(text: string, start?: number): Section | undefined
}

/**
 * Prepares to find tokens; at each place the longest one wins.
 *
 * @example
 * createAddedTokens([['<|end|>', 1]]).split('hello<|end|>') // [{ from: 0, to: 5, id: -1 }, { from: 5, to: 12, id: 1 }]
 */
export function createAddedTokens(tokens: Iterable<readonly [content: string, id: number]>): AddedTokens {
  const root: Branch = { next: new Map(), id: -1 }
  for (const [content, id] of tokens) {
    let node = root
    for (let i = 0; i < content.length; i++) {
      const code = content.charCodeAt(i)
      const next = node.next.get(code) ?? { next: new Map(), id: -1 }
      node.next.set(code, next)
      node = next
    }
    if (node !== root) node.id = id
  }

  const firsts = [...root.next.keys()].map(code => `\\u${code.toString(16).padStart(4, '0')}`)
  // Looking for what a token may begin with is left to the machine's own search: a text has few of these.
  const first = firsts.length > 0 ? new RegExp(`[${firsts.join('')}]`, 'g') : undefined
  const find = (text: string, start = 0): Section | undefined => {
    if (!first) return undefined
    first.lastIndex = start
    for (let match = first.exec(text); match; match = first.exec(text)) {
      const from = match.index
      let node = root.next.get(text.charCodeAt(from))
      let found: Section | undefined
      for (let to = from + 1; node; to++) {
        if (node.id >= 0) found = { from, to, id: node.id }
        node = node.next.get(text.charCodeAt(to))
      }
      if (found) return found
    }
    return undefined
  }

  return {
    find,
    split(text) {
      const sections: Section[] = []
      for (let at = 0; at < text.length; ) {
        const found = find(text, at)
        const end = found ? found.from : text.length
        if (end > at) sections.push({ from: at, to: end, id: -1 })
        if (found) sections.push(found)
        at = found ? found.to : end
      }
      return sections
    },
  }
}
