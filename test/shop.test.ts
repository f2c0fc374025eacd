import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { serveSite } from '../src/environments/webshop/site/serve-site.ts'
import { type Chromium, noChromium, type Page, startChromium } from './kit/chromium.ts'
import { smallShop } from './kit/webshop.ts'
import { type Ended, ensureBuilt, misstep } from './misstep.ts'

// Seconds on a machine of one's own; a machine that others use may take far longer.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let folder: string

beforeAll(() => {
  ensureBuilt()
  folder = mkdtempSync(join(tmpdir(), 'misstep-shop-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Runs `misstep shop`, does something while it is open, and ends it with Ctrl-C. */
async function withShop(
  args: readonly string[],
  visit: (url: string) => Promise<void>,
): Promise<Ended & { url: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  let interrupt = () => {}
  let isOver = false
  const running = misstep(['shop', '--port', String(port), ...args], {
    onStart: send => {
      interrupt = () => send('SIGINT')
    },
  }).finally(() => {
    isOver = true
  })
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    )
  while (!isOver && !(await answers())) await pause(100)
  try {
    if (!isOver) await visit(url)
  } finally {
    interrupt()
  }
  return { ...(await running), url }
}

describe('misstep shop', () => {
  it('says where it is, answers there and nowhere else, and ends with 0 on Ctrl-C', async () => {
    const { code, stdout, stderr, url } = await withShop([], async url => {
      const home = await fetch(url)
      expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('id="search_input"')])
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(`^The shop is open at ${url} \\(1000 products, \\d+ goals\\)\\.\nCtrl-C closes it\\.\n$`),
    )
  })

  it('shows examples in its help', async () => {
    const { code, stdout } = await misstep(['shop', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Examples:\n  misstep shop\n')
  })

  it.each([
    ['a port that is none', ['--port', 'home'], 2, 'whole number'],
    [
      'a goal that there is not',
      ['--goal', '1000000'],
      2,
      'There is no such goal: 1000000\n  Goals have the numbers 0 to ',
    ],
    ['goals of an unknown kind', ['--goals', 'mine'], 2, 'synthetic, human'],
    ['a catalogue that is not there', ['--catalogue', 'nowhere'], 2, 'nowhere'],
    ['a port that there is not', ['--port', '70000'], 2, '70000'],
  ])('says what is wrong: %s', async (_, args, code, words) => {
    const ended = await misstep(['shop', ...args])
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' })
    expect(ended.stderr).toContain(words)
    expect(ended.stderr).not.toContain('    at ')
  })

  it('says so when its port is taken', async () => {
    const { shop } = smallShop()
    const site = await serveSite(shop, { port: 0 })
    try {
      const { code, stderr } = await misstep(['shop', '--port', new URL(site.url).port])
      expect(code).toBe(1)
      expect(stderr).toContain('error: The port is taken')
    } finally {
      await site.close()
    }
  })
})

describe.skipIf(noChromium)('the shop in Chromium (skipped where there is none)', () => {
  let chromium: Chromium
  let page: Page
  beforeAll(async () => {
    chromium = await startChromium()
  })
  afterAll(() => chromium?.close())

  const textOf = (selector: string) =>
    page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`)
  const namesOf = (selector: string) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map(({ innerText }) => innerText)`,
    )
  /** Clicks the button with this name, as a person sees it. */
  const clickButton = async (name: string) => {
    const place = (await namesOf('.btn')).indexOf(name)
    await page.evaluate(`document.querySelectorAll('.btn')[${place}].id = 'wanted'`)
    await page.follow(() => page.click('#wanted'))
  }

  it('lets a person search, page through, choose options, read, buy and see the score', async () => {
    const logs = join(folder, 'logs')
    const { code } = await withShop(['--goal', '12', '--log', logs], async url => {
      page = await chromium.open()
      await page.visit(url)
      const session = new URL(await page.evaluate<string>('location.href')).pathname.slice(1)
      expect(session).toMatch(/^fixed_[a-z]{10}_12$/)
      const goal = await textOf('#instruction-text')

      // The field has the focus, and the keyboard is enough.
      await page.type(goal.split('\n').at(-1)!)
      await page.follow(() => page.press('Enter'))
      expect(await textOf('.page')).toMatch(/^Page 1 \(Total results: \d+\)$/)
      expect(await namesOf('.btn')).toEqual(['Back to Search', 'Next >'])
      const first = await namesOf('.product-link')
      expect(first).toHaveLength(5)
      await clickButton('Next >')
      expect(await textOf('.page')).toMatch(/^Page 2 /)
      expect(await namesOf('.product-link')).not.toEqual(first)
      await clickButton('< Prev')
      expect(await namesOf('.product-link')).toEqual(first)

      // Any place of an entry opens it, and an opened one is marked.
      await page.follow(() => page.click('.product-title'))
      const title = await textOf('h2')
      const values = await page.evaluate<string[]>(
        '[...document.querySelectorAll("fieldset")].map(set => [...set.querySelectorAll("input")].at(-1).value)',
      )
      expect(values.length).toBeGreaterThan(0)
      for (const value of values) await page.follow(() => page.click(`input[value="${value}"]`))
      const chosen = () => page.evaluate('[...document.querySelectorAll(":checked")].map(({ value }) => value)')
      expect(await chosen()).toEqual(values)
      // The keyboard goes on where it was.
      expect(await page.evaluate('document.activeElement.value')).toBe(values.at(-1))
      await page.follow(() => page.press('ArrowRight'))
      expect(await chosen()).not.toEqual(values)
      await page.follow(() => page.evaluate('history.back()'))
      expect(await chosen()).toEqual(values)

      for (const detail of ['Description', 'Features', 'Reviews']) {
        await clickButton(detail)
        expect(await page.evaluate('document.querySelector("section").ariaLabel')).toBe(`${detail} of ${title}`)
        await clickButton('< Prev')
      }
      expect(await chosen()).toEqual(values)
      await clickButton('Buy Now')
      const score = Number(await textOf('#reward pre'))
      expect(score).toBeGreaterThanOrEqual(0)
      expect(await page.evaluate('document.querySelector("meter").value')).toBeCloseTo(score)
      expect(await namesOf('th[scope=row]')).toEqual(expect.arrayContaining(['Attributes', 'Options', 'Price', 'Type']))

      const log = readFileSync(join(logs, `${session}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
      const records = log.map(line => JSON.parse(line))
      expect(records[0]).toMatchObject({ page: 'index', goal: { instruction_text: goal.split('\n').at(-1) } })
      expect(records.at(-1)).toMatchObject({ page: 'done', reward: score, content: { options: expect.anything() } })
      expect(Object.values(records.at(-1).content.options)).toEqual(values)
      expect(page.complaints).toEqual([])
      expect(page.requests.filter(request => !request.startsWith(url) && request !== 'data:,')).toEqual([])
    })
    expect(code).toBe(0)
  })

  it('runs no script of a product, loads nothing from elsewhere, and fits a narrow window', async () => {
    const { shop } = smallShop(true)
    const site = await serveSite(shop, { port: 0 })
    try {
      page = await chromium.open()
      const go = (path: string) => page.visit(new URL(path, site.url).href)
      const fits = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')
      await page.look({ width: 360, height: 640 })
      await go('/fixed_0')
      await page.click('#search_input')
      await page.type('red <script>alert(1)</script>')
      await page.follow(() => page.press('Enter'))
      expect(await fits()).toBe(true)
      await page.follow(() => page.click('.product-link'))
      const awkward = await page.evaluate<number[]>(
        `[...document.querySelectorAll('input')].flatMap(({ value }, place) => (/["'<\\x60]/.test(value) ? [place] : []))`,
      )
      expect(awkward).toHaveLength(5)
      for (const place of awkward) {
        await page.evaluate(`document.querySelectorAll('input')[${place}].id = 'wanted'`)
        await page.follow(() => page.click('#wanted'))
        expect(await page.evaluate(`document.querySelectorAll('input')[${place}].checked`)).toBe(true)
      }
      expect(await fits()).toBe(true)
      for (const detail of ['Description', 'Features', 'Reviews', 'Attributes']) {
        await clickButton(detail)
        expect(await fits()).toBe(true)
        await clickButton('< Prev')
      }
      await clickButton('Buy Now')
      await page.click('summary')
      expect(await fits()).toBe(true)
      expect(page.complaints).toEqual([])
      expect(page.requests.filter(request => !request.startsWith(site.url) && request !== 'data:,')).toEqual([])
    } finally {
      await site.close()
    }
  })
})
