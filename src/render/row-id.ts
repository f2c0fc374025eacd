/**
 * What the names of rows say: `golden/1 (step 3) (again 2)` trains step 3 of the trajectory `golden/1` alone, and is its third row.
 * @module
 */
import type { Example } from '../core/example.ts'

const TURN = /^(.*) \(step (\d+)\)(?: \(again \d+\))?$/s
const AGAIN = / \(again (\d+)\)$/

/** The name of the row that trains one step only; steps are counted from 0, and written from 1. */
export const turnRowId = (trajectory: string, step: number): string => `${trajectory} (step ${step + 1})`

/** The name of a row that is there a second time (round 1), a third, and so on. */
export const repeatedRowId = (id: string, round: number): string => (round === 0 ? id : `${id} (again ${round})`)

/** The round of a row, 0 for the first. */
export const roundOf = (id: string): number => Number(AGAIN.exec(id)?.[1] ?? 0)

/** The name of the first of the rows that are there several times. */
export const unrepeatedRowId = (id: string): string => id.replace(AGAIN, '')

/** The id of the trajectory that a row was made of. */
export const trajectoryIdOf = ({ id, trajectory }: Pick<Example, 'id' | 'trajectory'>): string =>
  trajectory ?? unrepeatedRowId(id)

/** The trajectory's id in that of a row of one turn. */
export const trajectoryOfTurn = (id: string): string | undefined => TURN.exec(id)?.[1]

/** The step, from 0, that a row of one turn trains; not a number for any other row. */
export const stepOfTurn = (id: string): number => Number(TURN.exec(id)?.[2]) - 1
