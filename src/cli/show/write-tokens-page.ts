/**
 * Writes a page that shows tokens with their weights.
 * @module
 */
import { MisstepError } from '../../core/errors.ts'
import { writeFileAtomically } from '../../store/atomic-file.ts'
import { findItem, readItems } from './find-item.ts'
import { createRowMaker, type ShownRow, type TokensOptions } from './shown-row.ts'
import { tokensPage } from './tokens-page.ts'

export interface TokensPageOptions extends TokensOptions {
  index?: number
  id?: string
  /** How many rows, where none is chosen. */
  rows: number
}

/**
 * Writes the page of one chosen row, or of the first ones of a file; returns how many rows it shows.
 *
 * @throws {MisstepError} `usage` when no student is named or there is no such row; `store` when it cannot be written
 */
export async function writeTokensPage(file: string, to: string, options: TokensPageOptions): Promise<number> {
  const maker = await createRowMaker(options)
  const shown: ShownRow[] = []
  if (options.index !== undefined || options.id !== undefined) {
    const { item, index } = await findItem(file, options)
    shown.push(...(await maker.rows(item, file, index)))
  } else {
    let index = 0
    for await (const item of readItems(file)) {
      try {
        shown.push(...(await maker.rows(item, file, index++)))
      } catch (error) {
        // A trajectory without a row is nothing to show.
        if (!(error instanceof MisstepError) || error.code !== 'data') throw error
      }
      if (shown.length >= options.rows) break
    }
    shown.splice(options.rows)
  }
  writeFileAtomically(to, tokensPage(shown, maker.format))
  return shown.length
}
