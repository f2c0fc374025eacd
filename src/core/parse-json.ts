/**
 * Text that may be JSON.
 * @module
 */

/**
 * What a text says as JSON; `undefined`, which JSON cannot say, where it is none.
 *
 * @example
 * parseJson('{"step": 1}') // { step: 1 }
 * parseJson('step 1') // undefined
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
