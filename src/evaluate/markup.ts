/**
 * HTML and SVG text that cannot be broken out of: whatever is put into a template is escaped.
 * @module
 */

/** Markup that is safe as it is, made by `html` only. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, markup and lists of markup are not; `undefined` and `false` are nothing. */
export type Content = string | number | Markup | readonly Content[] | undefined | false

/**
 * A template for HTML or SVG. Values are escaped, so that the words of a model can never become markup.
 *
 * @example
 * html`<p title="${'"<script>"'}">${items.map(item => html`<b>${item}</b>`)}</p>`.text
 */
export function html(parts: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(parts.map((part, at) => part + (at < values.length ? render(values[at]) : '')).join(''))
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(render).join('')
  return escapeHtml(String(content))
}

/**
 * Text as it may stand in HTML and in quoted attributes. Control characters, which could upset a terminal or an editor
 * that shows the page's source, become their printable pictures.
 *
 * @example
 * escapeHtml('<b>') // '&lt;b&gt;'
 */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`)
}

/** Control characters other than newline and tab as printable pictures; lone surrogates as the replacement character. */
export function visible(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, control => String.fromCharCode(0x2400 + control.charCodeAt(0)))
      .replace(/[\u007f-\u009f]/g, '\u2421')
  )
}

/**
 * A link to a file beside the report, always relative: no scheme and no host can come in through a file's name.
 *
 * @example
 * fileLink('scores/step.unseen.jsonl')
 */
export function fileLink(path: string, label: string = path): Markup {
  const address = path.split('/').map(encodeURIComponent).join('/')
  return html`<a href="./${address}">${label}</a>`
}
