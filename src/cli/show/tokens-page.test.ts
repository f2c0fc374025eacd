import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noChromium, startChromium } from '../../../test/kit/chromium.ts'
import { createStep, createTrajectory } from '../../../test/kit/conversations.ts'
import { loadChatFormat, renderExamples } from '../../render/index.ts'
import { writeTokensPage } from './write-tokens-page.ts'

const student = 'students/household-base'
const folder = mkdtempSync(join(tmpdir(), 'misstep-page-'))
const [trajectories, rows, page] = ['t.jsonl', 'e.jsonl', 'page.html'].map(name => join(folder, name)) as [
  string,
  string,
  string,
]
const EVIL =
  '<script>document.title = "owned"</script><img src=x onerror="alert(1)">" onclick="alert(2) \u202eevil\u0007'
const played = ['one', 'two'].map(id =>
  createTrajectory({
    id: `${id} ${EVIL}`,
    task: { id, environment: 'households', split: 'train', kind: 'cool' },
    provenance: { seed: 1, environment: 'households 1, most 3', misstep: '0', tokensIn: 0, tokensOut: 0 },
    teacher: EVIL,
    steps: [
      createStep({ verdict: { ok: false, kind: 'wrong-object', reflection: `No. ${EVIL}` }, observation: EVIL }),
      createStep({ by: 'teacher', thought: `Wait. ${EVIL}` }),
    ],
  }),
)
const lines = (items: readonly unknown[]) => items.map(item => `${JSON.stringify(item)}\n`).join('')

beforeAll(async () => {
  const weigh = () => 0.5
  const { examples } = renderExamples(await loadChatFormat(student), played, { mask: 'errors', weigh })
  writeFileSync(trajectories, lines(played))
  writeFileSync(rows, lines(examples))
})
afterAll(() => rmSync(folder, { recursive: true }))

const options = { student, mask: 'errors', rows: 20, trajectories: [trajectories] } as const

describe('the page of tokens', () => {
  it('is self-contained, and nothing that was written in a world or by a model is more than text', async () => {
    expect(await writeTokensPage(rows, page, { ...options, trajectories: [trajectories] })).toBe(2)
    const html = readFileSync(page, 'utf8')
    expect(html).not.toMatch(/<script|<img|onerror="|onclick="|[^\P{Cc}\n]|\p{Bidi_Control}/u)
    expect(html.match(/<a /g)!.length).toBeGreaterThan(100)
    expect(html).toContain('wrong-object')
    expect(html).toContain('weight 0.5')
  })

  it('shows the rows of trajectories, or one that is chosen', async () => {
    expect(await writeTokensPage(trajectories, page, { student, mask: 'none', rows: 1 })).toBe(1)
    expect(await writeTokensPage(rows, page, { ...options, trajectories: [], index: 1 })).toBe(1)
    expect(readFileSync(page, 'utf8')).toContain('--trajectories shows what happened')
    await expect(writeTokensPage(rows, page, { mask: 'errors', rows: 1 })).rejects.toMatchObject({ code: 'usage' })
  })

  it('has the prompt that a trajectory was played with, and refuses to guess where that cannot be told', async () => {
    const [first] = played
    const other = { ...first!, provenance: { ...first!.provenance, environment: 'households 1, most 5' } }
    const file = join(folder, 'other.jsonl')
    writeFileSync(file, lines([other]))
    const wish = { student, mask: 'errors', rows: 1 } as const
    await expect(writeTokensPage(file, page, wish)).rejects.toThrow(/--option most=5/)
    expect(await writeTokensPage(file, page, { ...wish, option: { most: 5 } })).toBe(1)
  })

  it.skipIf(noChromium)(
    'leads from a token to its step and back, in a browser, without a request or complaint',
    async () => {
      await writeTokensPage(rows, page, { ...options, trajectories: [trajectories] })
      const chromium = await startChromium()
      try {
        const tab = await chromium.open()
        await tab.visit(pathToFileURL(page).href)
        expect(await tab.evaluate('document.title')).toBe('What is trained')
        await tab.click('#r1 .tokens .on')
        expect(await tab.evaluate('location.hash')).toBe('#r1s1')
        expect(await tab.evaluate('document.querySelector(":target").textContent')).toContain('teacher')
        await tab.click('#r1s0 .head a')
        expect(await tab.evaluate('document.querySelector(":target").className')).toContain('wrong')
        expect(await tab.evaluate('document.querySelectorAll(".tokens .on.wrong").length')).toBe(0)
        expect([tab.requests.length, tab.complaints]).toEqual([1, []])
      } finally {
        await chromium.close()
      }
    },
  )
})
