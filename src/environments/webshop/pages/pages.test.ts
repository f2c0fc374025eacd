import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INJECTION, smallShop } from '../../../../test/kit/webshop.ts'
import { act } from '../act.ts'
import { admissibleActions } from '../admissible.ts'
import { clickables } from '../clickables.ts'
import { openSession, type Session } from '../session.ts'
import { observe } from './observe.ts'

const { shop } = smallShop()
const open = (index = 2, id = String(index)) => openSession(id, shop.goals[index]!, index)
const play = (actions: readonly string[], session = open()) =>
  actions.reduce((now, action) => act(shop, now, action).session, session)
const see = (...actions: string[]) => observe(shop, play(actions), 'text')
const names = (...actions: string[]) => [...clickables(shop, play(actions)).keys()]
const AWKWARD = ['search[red shoe]', 'click[b000000001]']

describe('the way through the shop', () => {
  it('leads from the search over results and a product to the purchase', () => {
    const bounded = shop.goals[0]!
    const [item, page] = [
      play(['search[blue shoe]', 'click[b100000000]'], open(0)),
      play(['search[blue shoe]'], open(0)),
    ]
    expect(observe(shop, open(0), 'text')).toBe(`WebShop [SEP] Instruction: [SEP] ${bounded.instruction} [SEP] Search`)
    expect(page).toMatchObject({ view: 'results', page: 1, query: 'blue shoe' })
    expect(page.hits).toHaveLength(12)
    expect(item).toMatchObject({ view: 'item', asin: 'B100000000' })
    const bought = play(['click[blue]', 'click[Buy Now]'], item)
    expect(bought).toMatchObject({
      view: 'done',
      reward: { total: 1, price: true },
      options: new Map([['color', 'blue']]),
    })
    expect(clickables(shop, bought).size).toBe(0)
    expect(play(['click[buy now]'], bought)).toBe(bought)
    expect(play(['search[shoe]'], bought)).toMatchObject({ view: 'results', asin: undefined })
    expect(play(['search[shoe]'], bought)).not.toHaveProperty('reward')
  })

  it('turns pages without an end, and back to the first only', () => {
    const at = (...turns: string[]) => play(['search[shoe]', ...turns]).page
    expect(at('click[next >]', 'click[next >]', 'click[next >]')).toBe(4)
    expect(see('search[shoe]', 'click[next >]', 'click[next >]')).toMatch(
      /Page 3 \(Total results: 12\) \[SEP\] < Prev \[SEP\] Next >$/,
    )
    expect(at('click[next >]', 'click[< prev]', 'click[< prev]')).toBe(1)
    expect(names('search[shoe]').slice(0, 2)).toEqual(['back to search', 'next >'])
    expect(names('search[shoe]', 'click[next >]').slice(0, 3)).toEqual(['back to search', '< prev', 'next >'])
  })

  it('goes back from a detail to the product, and from there to the results without the choices', () => {
    const chosen = play([...AWKWARD, 'click[red]', 'click[description]'])
    expect(chosen).toMatchObject({ view: 'Description', options: new Map([['color', 'red']]) })
    const item = play(['click[< prev]'], chosen)
    expect(item).toMatchObject({ view: 'item', options: new Map([['color', 'red']]) })
    // An option's value has the name of the button, and the button wins.
    expect(play(['click[< prev]'], item)).toMatchObject({ view: 'results', asin: undefined, options: new Map() })
    expect([...play(['click[< prev]'], item).visited]).toEqual(['B000000001'])
    expect(play(['click[back to search]'], item)).toEqual(open())
  })

  it('lets names of buttons stand for the buttons, and a value of two options for the last', () => {
    expect(play([...AWKWARD, 'click[features]']).view).toBe('Features')
    expect(play([...AWKWARD, 'click[8]']).options).toEqual(new Map([['color', '8']]))
    expect(play([...AWKWARD, 'click[next >]']).options).toEqual(new Map([['size', 'next >']]))
    expect(play([...AWKWARD, 'click[search]']).options).toEqual(new Map())
    expect(names(...AWKWARD).filter(name => name === '8')).toHaveLength(1)
  })

  it('tells the kind of page by words in its address, odd searches included', () => {
    const odd = play(['search[red shoe search_results]', 'click[b000000001]'])
    expect(play(['click[< prev]'], odd)).toMatchObject({ view: 'results', page: 0 })
    expect(play(['click[< prev]', 'click[next >]'], odd)).toMatchObject({ view: 'results', page: 1 })
    const detail = play(['search[red shoe item_page]', 'click[b000000001]', 'click[description]', 'click[< prev]'])
    expect(detail).toMatchObject({ view: 'results', page: 1 })
  })

  it('changes nothing for what is no action or not on the page, and says why', () => {
    const session = play(['search[shoe]'])
    for (const action of [
      '',
      'Click[next >]',
      'click[buy now]',
      'click[search]',
      'search[]',
      'buy',
      'click[b999]',
      ' search[a]',
    ]) {
      const { session: after, reason } = act(shop, session, action)
      expect(after, action).toBe(session)
      expect(reason, action).toMatch(/\.$/)
    }
  })

  it('has searches for a category, a gathered query and chance; those that fail in the original change nothing', () => {
    expect(play(['search[<c> garden]']).hits).toHaveLength(6)
    expect(play(['search[<q> running shoes]']).hits).toEqual(['B000000001'])
    expect(play(['search[<q> nothing]']).hits).toEqual([])
    for (const action of ['search[<a> red]', 'search[<c>]', 'search[<r>]']) {
      expect(act(shop, open(), action), action).toMatchObject({
        session: open(),
        reason: expect.stringMatching(/cannot/),
      })
    }
  })

  it('takes a query of a megabyte', () => {
    const session = play([`search[${'shoe '.repeat(200_000)}]`])
    expect(session.hits).toHaveLength(12)
    expect(observe(shop, session, 'text').length).toBeLessThan(2000)
  })
})

describe('observations', () => {
  it('strip texts, and keep a piece for one of blanks only, as the HTML parser of the original does', () => {
    expect(see(...AWKWARD, 'click[features]')).toMatch(/< Prev \[SEP\] Soft sole \[SEP\] $/)
    expect(observe(shop, play([...AWKWARD, 'click[features]']), 'text_rich')).toMatch(/ Soft sole \n \n$/)
    expect(see('search[blue shoe]', 'click[b100000000]', 'click[description]')).toMatch(/\[SEP\] < Prev$/)
  })

  it('mark what was chosen and opened, but not what JSON escapes', () => {
    const rich = (...actions: string[]) => observe(shop, play([...AWKWARD, ...actions]), 'text_rich')
    expect(rich("click[men's]", 'click[red]')).toMatch(
      /^You have clicked red\.\nYou have clicked men's\.\nInstruction:/,
    )
    expect(rich("click[men's]")).toContain("\n  [clicked button] men's [clicked button_]\n")
    expect(rich('click[10" wide]')).toContain('\n  [button] 10" wide [button_]\n')
    expect(rich('click[café]')).not.toContain('clicked')
    expect(rich('click[< prev]')).toContain('\n\n[clicked button] B000000001 [clicked button_]\n')
    expect(rich('click[back to search]', 'search[red shoe]')).toContain('\n\n[button] B000000001 [button_]\n')
    expect(observe(shop, play(['search["red"]', 'click[b000000001]']), 'text_rich')).toMatch(/^You have clicked red\./)
  })

  it('write addresses as Python does', () => {
    const url = (...actions: string[]) => observe(shop, play([...AWKWARD, ...actions]), 'url')
    const base = 'http://127.0.0.1:3000'
    expect(url("click[men's]")).toBe(`${base}/item_page/2/B000000001/red+shoe/1/{"size": "men's"}`)
    expect(url("click[men's]", 'click[reviews]')).toBe(
      `${base}/item_sub_page/2/B000000001/red+shoe/1/Reviews/{'size': "men's"}`,
    )
    expect(url('click[café]')).toMatch(/\{"size": "caf\\u00e9"\}$/)
    expect(url('click[café]', 'click[buy now]')).toBe(`${base}/done/2/B000000001/{'size': 'café'}`)
  })

  it('show texts of products in the page without any force of their own', () => {
    const views = [
      [],
      ['search[red shoe]'],
      AWKWARD,
      [...AWKWARD, 'click[</script><img src=x onerror=alert(3)>]', `click[${INJECTION}]`],
      [...AWKWARD, 'click[description]'],
      [...AWKWARD, `click[${INJECTION}]`, 'click[buy now]'],
    ]
    for (const actions of views) {
      const page = observe(shop, play(actions), 'html')
      const outside = page.replaceAll(/<script src="[^"]*"><\/script>|<script>\s+\$\(document\)[\s\S]*?<\/script>/g, '')
      expect(outside).not.toMatch(/<script|<img src=x|<b>|<i>/)
      const script = /<script>\s+\$\(document\)([\s\S]*?)<\/script>/.exec(page)?.[1] ?? ''
      expect(script).not.toMatch(/\$\{|<img/)
      expect(script.match(/`/g)?.length ?? 4).toBe(4)
    }
  })

  it('show the attributes where the shop is told to', () => {
    const open = smallShop(true)
    const item = AWKWARD.reduce(
      (now, action) => act(open.shop, now, action).session,
      openSession('2', open.shop.goals[2]!, 2),
    )
    const { session } = act(open.shop, item, 'click[attributes]')
    expect(observe(open.shop, session, 'text')).toMatch(
      /soft <i>sole<\/i> \[SEP\] fashion \[SEP\] running shoes \[SEP\] Shoes › /,
    )
    expect(observe(open.shop, session, 'html')).toContain('<p class="attribute"> soft &lt;i&gt;sole&lt;/i&gt;</p>')
    expect(names(...AWKWARD)).not.toContain('attributes')
  })
})

it('admissible actions are written as the page shows them', () => {
  const results = play(['search[shoe]'])
  const shown = observe(shop, results, 'text')
  const admissible = admissibleActions(shop, results)
  expect(admissible.length).toBeGreaterThan(3)
  for (const action of admissible) expect(shown).toContain(/^click\[(.+)\]$/.exec(action)![1])
  const item = play(['search[shoe]', admissible.at(-1)!])
  expect(admissibleActions(shop, item)).toContain('click[Buy Now]')
})

describe('any way through the shop', () => {
  const typed = fc.oneof(
    fc.nat(1000),
    fc.constantFrom('search[shoe]', 'search[red search_results]', 'search[item_page done red]', 'search[<c> garden]'),
    fc.constantFrom('click[< prev]', 'click[next >]', 'click[buy now]', 'click[features]', 'click[8]', 'click[]'),
    fc.string().map(text => `search[${text}]`),
    fc.string(),
  )
  const modes = ['text', 'text_rich', 'html', 'url'] as const

  it('never fails, leaves old sessions as they were, and accepts what it calls admissible', () => {
    const property = fc.property(fc.nat(shop.goals.length - 1), fc.array(typed, { maxLength: 30 }), (index, inputs) => {
      let session = open(index)
      for (const input of inputs) {
        const admissible = admissibleActions(shop, session)
        const chosen = typeof input === 'number' ? admissible[input % Math.max(1, admissible.length)] : input
        const before = JSON.stringify([session, [...session.options], [...session.visited]])
        const { session: after, reason } = act(shop, session, chosen ?? 'nothing')
        if (admissible.includes(chosen!) && reason !== undefined) expect.fail(`${chosen} is not accepted: ${reason}`)
        if ((reason !== undefined) !== (after === session)) expect.fail(`${chosen} changes a session, or does not`)
        if (JSON.stringify([session, [...session.options], [...session.visited]]) !== before)
          expect.fail(`${chosen} writes`)
        if (after.goal !== session.goal || after.id !== session.id) expect.fail(`${chosen} changes the customer`)
        for (const mode of modes)
          if (observe(shop, after, mode) === '') expect.fail(`${chosen} shows nothing in ${mode}`)
        session = after
      }
    })
    fc.assert(property, { numRuns: 150, seed: 1 })
  })

  it('shows every text of the page in the page', () => {
    const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&#39;': "'", '&#34;': '"', '&amp;': '&' }
    const textsOf = (html: string) =>
      html
        .replace(/^[\s\S]*<body>/, '')
        .replaceAll(/<!--[\s\S]*?-->|<script>[\s\S]*?<\/script>/g, '')
        .split(/<[^>]*>/)
        .map(text => text.replaceAll(/&(?:lt|gt|amp|#39|#34);/g, entity => entities[entity]!))
        .map(text => (/^[ \n\t\f\r]+$/.test(text) ? (text.includes('\n') ? '' : ' ') : text))
        .filter(text => text !== '')
        .map(text => text.trim())
        .join(' [SEP] ')
    const property = fc.property(
      fc.nat(shop.goals.length - 1),
      fc.array(fc.nat(1000), { maxLength: 12 }),
      (index, picks) => {
        let session: Session = open(index)
        for (const pick of picks) {
          const admissible = admissibleActions(shop, session)
          session = act(shop, session, admissible[pick % Math.max(1, admissible.length)] ?? 'search[shoe]').session
          expect(textsOf(observe(shop, session, 'html'))).toBe(observe(shop, session, 'text'))
        }
      },
    )
    fc.assert(property, { numRuns: 60, seed: 2 })
  })
})
