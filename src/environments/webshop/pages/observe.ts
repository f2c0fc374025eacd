/**
 * What a session sees, in the four ways of the original's text environment.
 * @module
 */
import { strip } from '../../python-text.ts'
import type { Session } from '../session.ts'
import type { Shop } from '../shop.ts'
import { htmlOf } from './html.ts'
import { piecesOf } from './pieces.ts'
import { urlOf } from './url.ts'

/** `text`: the texts of the page; `text_rich`: with buttons marked; `html`: the page; `url`: its address. */
export type ObservationMode = 'text' | 'text_rich' | 'html' | 'url'

/**
 * The page that a session is on.
 *
 * @example
 * observe(shop, session, 'text') // 'WebShop [SEP] Instruction: [SEP] Find me …  [SEP] Search'
 */
export function observe(shop: Shop, session: Session, mode: ObservationMode): string {
  switch (mode) {
    case 'text':
      return plainText(shop, session)
    case 'text_rich':
      return richText(shop, session)
    case 'html':
      return htmlOf(shop, session)
    case 'url':
      return urlOf(session)
  }
}

function plainText(shop: Shop, session: Session): string {
  const parts: string[] = []
  for (const piece of piecesOf(shop, session)) {
    const node = toNode(piece.text)
    if (node !== undefined) parts.push(strip(node))
  }
  return parts.join(' [SEP] ')
}

function richText(shop: Shop, session: Session): string {
  const url = urlOf(session)
  let page = ''
  for (const { text, as } of piecesOf(shop, session)) {
    const node = toNode(text)
    if (node === undefined) continue
    if (as === 'text') {
      page += `${node}\n`
    } else if (as === 'button') {
      page += `[button] ${node} [button_]\n`
    } else if (as === 'product') {
      page += `\n${mark(node, session.visited.has(node))}\n`
    } else {
      // Not what was chosen, but what stands in quotes in the address: values that JSON escapes never show.
      const isChosen = url.includes(`"${node}"`)
      page = `${isChosen ? `You have clicked ${node}.\n` : ''}${page}  ${mark(node, isChosen)}\n`
    }
  }
  return page
}

function mark(text: string, isClicked: boolean): string {
  return isClicked ? `[clicked button] ${text} [clicked button_]` : `[button] ${text} [button_]`
}

const BLANK = /^[ \n\t\f\r]*$/

/**
 * A text as the original's HTML parser (bs4) keeps it: nothing but white space is a line end, which is then left out,
 * or a single blank, which stays.
 */
function toNode(text: string): string | undefined {
  if (!BLANK.test(text)) return text
  return text === '' || text.includes('\n') ? undefined : ' '
}
