import { describe, expect, it } from 'vitest'
import { showRate, showSeconds } from './pace.ts'
import { createProgress } from './progress.ts'
import type { Screen } from './screen.ts'

/** A screen that keeps what is written, and a clock that stands until it is turned on. */
function stand(screen: Partial<Screen> = {}) {
  const written: string[] = []
  const clock = { milliseconds: 0 }
  const write = (text: string) => written.push(text)
  const progress = createProgress({ ...screen, write }, () => clock.milliseconds)
  return { progress, written, clock }
}

describe('progress that is not on a terminal', () => {
  it('writes a line every five seconds, and one at the end', () => {
    const { progress, written, clock } = stand()
    const bar = progress.stage('golden', 100, 'episodes')
    for (let episode = 0; episode < 100; episode++) {
      clock.milliseconds += 100
      bar.advance(1, 'loss 1.5')
    }
    bar.end()
    expect(written).toEqual([
      'golden: 50/100 episodes, 10.0/s, 5.0 s left, loss 1.5\n',
      'golden: 100/100 episodes, 10.0/s, 0.0 s left, loss 1.5\n',
      'golden: 100 episodes in 10 s (10.0/s)\n',
    ])
  })

  it('does not count what an earlier run did for the rate', () => {
    const { progress, written, clock } = stand()
    const bar = progress.stage('golden', 100, 'episodes', 90)
    clock.milliseconds = 5000
    bar.advance(5)
    bar.end()
    expect(written).toEqual([
      'golden: 95/100 episodes, 1.0/s, 5.0 s left\n',
      'golden: 95 episodes in 5.0 s (1.0/s), 90 of them before\n',
    ])
  })
})

describe('progress of work whose extent is not known', () => {
  it('counts, and promises no end', () => {
    const { progress, written, clock } = stand()
    const bar = progress.stage('download', 0, 'MB')
    clock.milliseconds = 5000
    bar.advance(20)
    bar.end()
    expect(written).toEqual(['download: 20 MB, 4.0/s\n', 'download: 20 MB in 5.0 s (4.0/s)\n'])
  })

  it('shows a bar that stays empty', () => {
    const { progress, written, clock } = stand({ isTTY: true, columns: 80 })
    const bar = progress.stage('download', 0, 'MB')
    clock.milliseconds = 5000
    bar.advance(20)
    expect(written.at(-1)).toContain(`${'░'.repeat(24)}  20 MB  4.0/s\u001b[K`)
  })
})

describe('progress on a terminal', () => {
  it('redraws one line ten times a second, never longer than the screen, and leaves a line of what was done', () => {
    const { progress, written, clock } = stand({ isTTY: true, columns: 80 })
    const bar = progress.stage('golden', 1000, 'episodes')
    for (let episode = 0; episode < 1000; episode++) {
      clock.milliseconds += 10
      bar.advance()
    }
    bar.end()
    expect(written.length).toBeLessThan(105)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the code that clears the rest of the line
    const lines = written.slice(0, -1).map(text => /^\r(.*)\u001b\[K$/.exec(text)?.[1])
    for (const line of lines) expect(line!.length).toBeLessThan(80)
    expect(lines[50]).toMatch(/^golden {22}█+░+ {2}500\/1000 episodes {2}100\/s {2}5.0 s left$/)
    expect(lines.at(-1)).toBe('golden: 1000 episodes in 10 s (100/s)')
    expect(written.at(-1)).toBe('\n')
  })

  it('draws the bar again below a note', () => {
    const { progress, written } = stand({ isTTY: true, columns: 100 })
    progress.stage('golden', 10, 'episodes')
    progress.note('one thing')
    expect(written.at(-1)).toBe(
      `\r\u001b[Kone thing\n${'golden'.padEnd(26)}  ${'░'.repeat(24)}  0/10 episodes  not yet known`,
    )
  })
})

it.each([
  [0.04, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [245, '4 min 05 s'],
  [3725, '1 h 02 min'],
])('shows %d seconds as %s', (seconds, shown) => {
  expect(showSeconds(seconds)).toBe(shown)
})

it.each([
  [0, 'not yet known'],
  [0.25, '4.0 s each'],
  [12.34, '12.3/s'],
  [512.3, '512/s'],
])('shows a rate of %d as %s', (rate, shown) => {
  expect(showRate(rate)).toBe(shown)
})
