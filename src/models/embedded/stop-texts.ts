/**
 * Answers that end before a text.
 * @module
 */

/**
 * Where the first of the texts begins; `undefined` when none is there.
 *
 * @example
 * findStop('Action: look\nObservation: a', ['\nObservation:']) // 12
 */
export function findStop(text: string, stops: readonly string[]): number | undefined {
  const found = stops.map(stop => text.indexOf(stop)).filter(at => at >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}

/**
 * How many of the generated tokens make up the text before a stop; `undefined` where a token reaches across it.
 *
 * @param decode of the first tokens
 */
export function tokensBefore(text: string, count: number, decode: (tokens: number) => string): number | undefined {
  for (let tokens = count; tokens >= 0; tokens--) {
    const before = decode(tokens)
    if (before === text) return tokens
    if (before.length < text.length) return undefined
  }
  return undefined
}
