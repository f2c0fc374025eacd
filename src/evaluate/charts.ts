/**
 * Charts as SVG, coloured by the page's style sheet (`hue-0` … `hue-5`, `hue-plain`).
 * @module
 */
import { type Content, html, type Markup } from './markup.ts'

export interface Mark {
  /** Undefined: there is nothing to show, and the text says so. */
  interval?: { estimate: number; low: number; high: number }
  /** Stands at the row's end. */
  text: string
  /** Hollow marks tell the second kind from the first. */
  hollow?: boolean
}

export interface IntervalRow {
  label: string
  hue: string
  marks: readonly Mark[]
}

export interface IntervalChartOptions {
  /** What the chart shows, for those who do not see it. */
  title: string
  width: number
  /** Values at the two ends of the axis. */
  domain: readonly [number, number]
  ticks: readonly { at: number; text: string }[]
  /** A value to draw a strong line at, such as no difference. */
  zero?: number
  /** Width of the column of texts at the right; default 60. */
  textWidth?: number
}

const ROW = 17

/**
 * A dot with its interval for each mark, row by row. The label stands left of its marks, or above them where that would
 * leave the marks too little room.
 *
 * @example
 * intervalChart([{ label: 'step', hue: 'hue-0', marks: [{ interval, text: '42.5%' }] }], { title: 'Success', width: 720, domain: [0, 1], ticks })
 */
export function intervalChart(rows: readonly IntervalRow[], options: IntervalChartOptions): Markup {
  const { title, width, domain, ticks, zero, textWidth = 60 } = options
  const beside = 22 + Math.max(...rows.map(row => row.label.length)) * 7.4
  const isNarrow = width - textWidth - beside < 190
  const left = isNarrow ? 8 : beside
  const right = width - textWidth
  const x = (value: number) => {
    const share = (value - domain[0]) / (domain[1] - domain[0])
    return round(left + Math.min(1, Math.max(0, share)) * (right - left))
  }
  let y = 8
  const body: Content[] = rows.map(row => {
    const top = y
    if (isNarrow) y += ROW
    const marks = row.marks.map((mark, at) => drawMark(mark, y + ROW * at + ROW / 2, x, width))
    const labelY = isNarrow ? top + ROW / 2 + 2 : top + (ROW * row.marks.length) / 2
    y += ROW * row.marks.length + 12
    return html`<g class="${row.hue}"><text class="label" x="${isNarrow ? 8 : left - 14}" y="${round(labelY)}" dy=".33em" text-anchor="${isNarrow ? 'start' : 'end'}">${row.label}</text>${marks}</g>`
  })
  const grid = ticks.map(
    tick =>
      html`<line class="${tick.at === zero ? 'zero' : 'grid'}" x1="${x(tick.at)}" x2="${x(tick.at)}" y1="4" y2="${y - 4}"/><text class="tick" x="${x(tick.at)}" y="${y + 10}" text-anchor="middle">${tick.text}</text>`,
  )
  return frame(title, width, y + 18, [grid, body])
}

function drawMark(mark: Mark, y: number, x: (value: number) => number, width: number): Markup {
  const text = html`<text class="value" x="${width - 2}" y="${round(y)}" dy=".33em" text-anchor="end">${mark.text}</text>`
  if (!mark.interval) return text
  const { estimate, low, high } = mark.interval
  return html`<line class="span" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/><circle class="${mark.hollow ? 'dot hollow' : 'dot'}" cx="${x(estimate)}" cy="${y}" r="5"/>${text}`
}

export interface Series {
  name: string
  hue: string
  points: readonly (readonly [x: number, y: number])[]
}

/**
 * Lines over a common x axis from 0, the y axis from 0 to a round number above the highest point.
 *
 * @example
 * lineChart([{ name: 'step', hue: 'hue-0', points: [[1, 4.2], [2, 3.9]] }], { title: 'Loss', width: 720, height: 260 })
 */
export function lineChart(
  series: readonly Series[],
  { title, width, height }: { title: string; width: number; height: number },
): Markup {
  const all = series.flatMap(one => one.points)
  const highestX = Math.max(1, ...all.map(point => point[0]))
  const highestY = Math.max(1e-9, ...all.map(point => point[1]))
  const ticksY = roundTicks(highestY, 5)
  const ticksX = roundTicks(highestX, width < 560 ? 3 : 6).filter(tick => tick <= highestX)
  const [left, top, bottom] = [36, 10, height - 24]
  const x = (value: number) => round(left + (value / highestX) * (width - left - 12))
  const y = (value: number) => round(bottom - (value / ticksY.at(-1)!) * (bottom - top))
  const grid = [
    ticksY.map(
      tick =>
        html`<line class="grid" x1="${left}" x2="${width - 12}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${left - 8}" y="${y(tick)}" dy=".33em" text-anchor="end">${tick}</text>`,
    ),
    ticksX.map(tick => html`<text class="tick" x="${x(tick)}" y="${height - 6}" text-anchor="middle">${tick}</text>`),
  ]
  const lines = series.map(
    one =>
      html`<polyline class="line ${one.hue}" points="${one.points.map(([across, up]) => `${x(across)},${y(up)}`).join(' ')}"><title>${one.name}</title></polyline>`,
  )
  return frame(title, width, height, [grid, lines])
}

/** Evenly spaced round numbers from 0 to at least the highest. */
export function roundTicks(highest: number, most: number): number[] {
  const rough = highest / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size * most >= highest * (1 - 1e-9))!
  const ticks = [0]
  while (ticks.at(-1)! < highest * (1 - 1e-9)) ticks.push(Number((ticks.length * step).toPrecision(10)))
  return ticks
}

function frame(title: string, width: number, height: number, body: Content): Markup {
  return html`<svg role="img" aria-label="${title}" viewBox="0 0 ${width} ${round(height)}" width="${width}" height="${round(height)}">${body}</svg>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
