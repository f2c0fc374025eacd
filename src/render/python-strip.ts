/**
 * Makes a parsed template strip text as Python does: the interpreter has JavaScript's white space, and leaves out which
 * characters are to be stripped.
 * @module
 */
import type { TemplateNode } from './content-value.ts'

/** What Python's `str.isspace` holds for: JavaScript's white space without U+FEFF, and six control characters more. */
const SPACE = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'

/** The functions that a stripped template calls, by name. */
export const PYTHON_STRIPS = {
  python_strip: (text: unknown, characters?: unknown) => strip(text, characters, true, true),
  python_lstrip: (text: unknown, characters?: unknown) => strip(text, characters, true, false),
  python_rstrip: (text: unknown, characters?: unknown) => strip(text, characters, false, true),
}

function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  if (typeof text !== 'string') throw new TypeError('only text can be stripped')
  const escaped = typeof characters === 'string' ? characters.replace(/[\\\]^-]/g, '\\$&') : SPACE
  if (escaped === '') return text
  const start = left ? text.replace(new RegExp(`^[${escaped}]+`, 'u'), '') : text
  return right ? start.replace(new RegExp(`(?<![${escaped}])[${escaped}]+$`, 'u'), '') : start
}

/** Turns `x.strip()`, `x.lstrip('\n')`, `x | trim` and the like into calls of the functions above. */
export function stripAsPython(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  const parts = node instanceof Map ? [...node].flat() : Object.values(node)
  for (const part of parts) stripAsPython(part)
  const call = node as TemplateNode
  const callee = (call.type === 'FilterExpression' ? call.filter : call.callee) as TemplateNode | undefined
  if (call.type === 'FilterExpression') {
    const name = callee!.type === 'CallExpression' ? (callee!.callee as TemplateNode) : callee!
    if (name.value !== 'trim') return
    const args = callee!.type === 'CallExpression' ? (callee!.args as TemplateNode[]) : []
    replace(call, 'python_strip', [call.operand as TemplateNode, ...args])
  }
  if (call.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || callee.computed) return
  const name = `python_${(callee.property as TemplateNode).value}`
  if (name in PYTHON_STRIPS) replace(call, name, [callee.object as TemplateNode, ...(call.args as TemplateNode[])])
}

function replace(node: TemplateNode, name: string, args: TemplateNode[]): void {
  Object.assign(node, { type: 'CallExpression', callee: { type: 'Identifier', value: name }, args })
}
