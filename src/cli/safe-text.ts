/**
 * Makes text of unknown origin safe to print to a terminal.
 * @module
 */

const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/**
 * Shows control characters as pictures (`␛` for escape) and marks those that turn the writing direction, so that a
 * model's text cannot move the cursor, change colours or hide what it says. Line breaks and tabs stay.
 *
 * @example
 * safeText('\u001b[2Jall gone') // '␛[2Jall gone'
 */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, character => {
    if (character === '\n' || character === '\t') return character
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '␡' : '\uFFFD'
  })
}

/** Safe text whose lines after the first are indented by so many columns. */
export function safeBlock(text: string, indent: number): string {
  return safeText(text).replaceAll('\n', `\n${' '.repeat(indent)}`)
}
