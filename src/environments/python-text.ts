/**
 * Python's idea of white space and of order among texts, where JavaScript's is another.
 * @module
 */

/**
 * Python's `str.strip()`.
 *
 * @example
 * strip(' Zipper closure\u0085') // 'Zipper closure'
 */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (start < end && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** What `str.isspace` holds for: unlike `trim`, the separators 0x1c to 0x1f and 0x85, and not the byte order mark. */
function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit >= 0x1c
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    (unit >= 0x1680 && /[\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(String.fromCharCode(unit)))
  )
}

/**
 * Compares by code points, as Python sorts; JavaScript's own order is by UTF-16 units.
 *
 * @example
 * [...options.keys()].sort(byCodePoint)
 */
export function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (left !== right) return lift(left) - lift(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all other units. */
function lift(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
