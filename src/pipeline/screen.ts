/**
 * What progress is told through, and what it is written to.
 * @module
 */

/** Where a pipeline reports to. */
export interface Progress {
  /**
   * Opens the bar of a piece of work; one is open at a time.
   *
   * @param total how many units there are in all; 0 when nobody knows
   * @param unit in the plural, such as `episodes`
   * @param done how many of them an earlier run has done already; they do not count for the rate
   */
  stage(name: string, total: number, unit: string, done?: number): Bar
  /** One line of its own. */
  note(text: string): void
}

export interface Bar {
  /** So many units more are done; the detail, such as `loss 1.23`, stands at the end of the line. */
  advance(units?: number, detail?: string): void
  /** The work is over: leaves one line with what was done, and how fast. */
  end(): void
}

/** What progress is written to: `process.stderr`, or anything like it. */
export interface Screen {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}
