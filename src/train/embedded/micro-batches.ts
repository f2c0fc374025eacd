/**
 * Cuts a step's rows into micro-batches, one for each run of the model.
 * @module
 */
import { NO_LOSS } from '../../core/example.ts'

/** A row of tokens; the label of a token says what is to be predicted in its place, or that it carries no loss. */
export interface Row {
  ids: ArrayLike<number>
  /** As long as `ids`; {@link NO_LOSS} where a token carries no loss. The first token never does. */
  labels: ArrayLike<number>
  /** As long as `ids`: how much the loss of each token counts. Default: 1. */
  weights?: ArrayLike<number>
}

/** What one run of the model reads. */
export interface MicroBatch {
  rows: number
  length: number
  ids: BigInt64Array
  positions: BigInt64Array
  targets: BigInt64Array
  /** Of each target. */
  weights: Float32Array
}

/** A row is joined to a longer one only if this pads it by few tokens, and while the run stays short. */
const MOST_PADDING = 32
const LONG_ENOUGH = 512

/**
 * Micro-batches of rows of similar length, the longest first. Tokens after a row's last trained one are left out, for
 * nothing depends on them; rows without a trained token are too.
 */
export function cutMicroBatches(rows: readonly Row[]): MicroBatch[] {
  const lengths = new Map(rows.map(row => [row, neededLength(row)]))
  const sorted = rows.filter(row => lengths.get(row)! > 0).sort((a, b) => lengths.get(b)! - lengths.get(a)!)
  const groups: Row[][] = []
  for (const row of sorted) {
    const group = groups.at(-1)
    const length = group ? lengths.get(group[0]!)! : 0
    if (group && (group.length + 1) * length <= LONG_ENOUGH && length - lengths.get(row)! <= MOST_PADDING)
      group.push(row)
    else groups.push([row])
  }
  return groups.map(group => pack(group, lengths.get(group[0]!)!))
}

/** How many of a row's tokens are read: those before its last trained token. */
export function neededLength({ labels }: Row): number {
  let last = labels.length - 1
  while (last > 0 && labels[last] === NO_LOSS) last--
  return Math.max(last, 0)
}

function pack(rows: readonly Row[], length: number): MicroBatch {
  const ids = new BigInt64Array(rows.length * length)
  const positions: bigint[] = []
  const targets: bigint[] = []
  const weights: number[] = []
  rows.forEach((row, index) => {
    for (let at = 0; at < length && at < row.ids.length; at++) {
      ids[index * length + at] = BigInt(row.ids[at]!)
      const label = row.labels[at + 1]
      if (label === undefined || label === NO_LOSS) continue
      positions.push(BigInt(index * length + at))
      targets.push(BigInt(label))
      weights.push(row.weights?.[at + 1] ?? 1)
    }
  })
  return {
    rows: rows.length,
    length,
    ids,
    positions: BigInt64Array.from(positions),
    targets: BigInt64Array.from(targets),
    weights: Float32Array.from(weights),
  }
}
