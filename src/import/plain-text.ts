/**
 * Texts as they are compared: recordings differ in what surrounds the words.
 * @module
 */

/**
 * One line, without ALFWorld's greeting and ETO's `Observation:`, and with SciWorld's greenhouse in one word, as its
 * simulators have it since version 1.2.
 */
export function plainText(text: string): string {
  return text
    .replace('-= Welcome to TextWorld, ALFRED! =-', '')
    .replace(/^\s*Observation:/, '')
    .replace(/\bgreen house\b/g, 'greenhouse')
    .replace(/\s+/g, ' ')
    .trim()
}
