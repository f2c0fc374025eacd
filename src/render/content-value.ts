/**
 * What the expressions of a chat template do with what messages say.
 * @module
 */

/** A node of the parsed template, as `@huggingface/jinja` makes it. */
export interface TemplateNode {
  type: string
  [part: string]: unknown
}

/**
 * What a value may be. `content`: what one message says; `maybe`: that, or something that no message says; `text`: put
 * together of both; `pieces`: content that was split; `absent`: nothing has this name; `none`: None; `clean`: any other.
 */
export type Kind =
  | 'clean'
  | 'absent'
  | 'none'
  | 'role'
  | 'content'
  | 'maybe'
  | 'text'
  | 'pieces'
  | 'message'
  | 'messages'

/** A value, and whether it counts as true, where that is known. */
export interface Value {
  kind: Kind
  truth?: boolean
}

const CLEAN: Value = { kind: 'clean' }
export const WORDS = new Set<Kind>(['content', 'maybe', 'text'])
export const PLAIN = new Set<Kind>(['clean', 'absent', 'none', 'role'])
const STRIPS = new Set(['strip', 'lstrip', 'rstrip', 'trim'])
/** Conversations with other roles are left to the interpreter. */
export const COPIED_ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant'])

export class Unproven extends Error {}

const known = (truth: boolean): Value => ({ kind: 'clean', truth })
const isLiteral = (node: TemplateNode) => /^(String|Integer|Float)Literal$/.test(node.type) || isConstant(node)
const isConstant = ({ type, value }: TemplateNode) =>
  type === 'Identifier' && /^(none|true|false)$/i.test(String(value))
const isString = (node: TemplateNode | undefined): node is TemplateNode & { value: string } =>
  node?.type === 'StringLiteral'
const isBlank = (node: TemplateNode | undefined) => node === undefined || (isString(node) && node.value.trim() === '')
const only = (kind: Kind): Value => ({ kind })
const named = (kind: Kind): Value => (kind === 'absent' || kind === 'none' ? { kind, truth: false } : { kind })

/** Gives up on a template. */
export function reject(why: string): never {
  throw new Unproven(why)
}

/** What is known of an expression, by what its variables may be. */
export interface Evaluator {
  evaluate(node: TemplateNode): Value
  /** Says what else a variable may be. */
  bind(name: string, kind: Kind): void
  /** Fails unless nothing that messages say is in the expressions. */
  clean(nodes: readonly (TemplateNode | undefined)[]): Value
}

/**
 * Reads expressions.
 *
 * @param variables what each may be; grows
 * @param sought the texts that messages are searched for; grows
 * @throws {Unproven} on what it does not know to be harmless
 */
export function createEvaluator(variables: Map<string, Kind>, sought: Set<string>): Evaluator {
  const join = (a: Kind, b: Kind): Kind => {
    if (a === b) return a
    if (PLAIN.has(a) && PLAIN.has(b)) return 'clean'
    const isWordy = (kind: Kind) => WORDS.has(kind) || PLAIN.has(kind)
    if (!isWordy(a) || !isWordy(b)) return reject(`${a} or ${b}`)
    return a === 'text' || b === 'text' ? 'text' : 'maybe'
  }
  const bind = (name: string, kind: Kind) => {
    const before = variables.get(name)
    variables.set(
      name,
      before === undefined ? (kind === 'absent' || kind === 'role' ? 'clean' : kind) : join(before, kind),
    )
  }
  const clean = (nodes: readonly (TemplateNode | undefined)[]): Value => {
    for (const node of nodes) if (node && !PLAIN.has(evaluate(node).kind)) reject(node.type)
    return CLEAN
  }
  const seek = (node: TemplateNode | undefined, subject: Kind): void => {
    // Two parts of a text may together make what is sought, so it is looked for in what a single message says.
    if (!isString(node) || node.value === '' || subject === 'text') reject('seeks in a text')
    else sought.add(node.value)
  }

  function member({ object, property, computed }: TemplateNode): Value {
    const [owner, key] = [evaluate(object as TemplateNode), property as TemplateNode]
    const name = !computed ? (key.value as string) : isString(key) ? key.value : undefined
    if (owner.kind === 'message') {
      if (name === undefined) return reject('a field by a name that is not known')
      return name === 'content' ? only('content') : name === 'role' ? only('role') : { kind: 'absent', truth: false }
    }
    if (owner.kind === 'messages' && computed && name === undefined) {
      if (key.type !== 'SliceExpression') return clean([key]) && only('message')
      const { start, stop, step } = key as {
        start?: TemplateNode
        stop?: TemplateNode
        step?: TemplateNode
      } & TemplateNode
      return clean([start, stop, step]) && only('messages')
    }
    if (owner.kind === 'pieces' && computed && /^-?[01]$/.test(literalNumber(key))) {
      return literalNumber(key) === '1' ? reject('a second piece') : only('content')
    }
    if (!PLAIN.has(owner.kind) || name === 'previtem' || name === 'nextitem') return reject(`a part of ${owner.kind}`)
    if (computed && name === undefined && key.type !== 'SliceExpression') clean([key])
    // A field of a namespace, whatever name the namespace goes by.
    const holdsWords = [...variables].some(([field, kind]) => field.startsWith('.') && !PLAIN.has(kind))
    if (name === undefined && holdsWords) return reject('a field by a name that is not known')
    return name === undefined ? CLEAN : only(variables.get(`.${name}`) ?? 'clean')
  }

  function method(callee: TemplateNode, args: TemplateNode[]): Value {
    const owner = evaluate(callee.object as TemplateNode)
    const name = (callee.property as TemplateNode).value as string
    if (owner.kind === 'message' && name === 'get' && isString(args[0])) {
      return member({ type: '', object: callee.object, property: args[0], computed: true })
    }
    if (PLAIN.has(owner.kind)) return clean(args)
    if (!WORDS.has(owner.kind)) return reject(`${name} of ${owner.kind}`)
    if (STRIPS.has(name) && isBlank(args[0])) return owner
    if (name !== 'split' && name !== 'startswith' && name !== 'endswith' && name !== 'replace') return reject(name)
    seek(args[0], owner.kind)
    if (name === 'split' && owner.kind !== 'content') return reject('split')
    clean(args.slice(1))
    return name === 'split' ? only('pieces') : name === 'replace' ? only(owner.kind) : CLEAN
  }

  function call({ callee, args }: { callee: TemplateNode; args: TemplateNode[] }): Value {
    if (callee.type === 'MemberExpression' && !callee.computed) return method(callee, args)
    if (callee.type !== 'Identifier') return reject('a computed call')
    if (callee.value !== 'namespace') return clean(args)
    for (const { type, key, value } of args) {
      if (type !== 'KeywordArgumentExpression') return reject('namespace')
      bind(`.${(key as TemplateNode).value}`, evaluate(value as TemplateNode).kind)
    }
    return CLEAN
  }

  function filter({ operand, filter }: TemplateNode): Value {
    const { kind } = evaluate(operand as TemplateNode)
    const node = filter as TemplateNode
    const args = node.type === 'CallExpression' ? (node.args as TemplateNode[]) : []
    const name = (node.type === 'CallExpression' ? (node.callee as TemplateNode) : node).value as string
    if (PLAIN.has(kind)) return clean(args)
    if (WORDS.has(kind) && ['trim', 'string'].includes(name) && args.length === 0) return only(kind)
    if (kind === 'pieces' && ['first', 'last'].includes(name)) return only('content')
    if (kind !== 'messages') return reject(`${name} of ${kind}`)
    if (['length', 'count'].includes(name)) return CLEAN
    if (['list', 'reverse'].includes(name)) return only('messages')
    if (['first', 'last'].includes(name)) return only('message')
    const onRole = /^(select|reject)attr$/.test(name) && isString(args[0]) && args[0].value === 'role'
    return onRole ? clean(args.slice(1)) && only('messages') : reject(`${name} of messages`)
  }

  function binary(operator: string, left: TemplateNode, right: TemplateNode): Value {
    const a = evaluate(left)
    if (operator === 'and' && a.truth === false) return a
    if (operator === 'or' && a.truth === true) return a
    const b = evaluate(right)
    if (operator === 'and' || operator === 'or') {
      if (a.truth !== undefined && PLAIN.has(a.kind)) return b
      const decided = operator === 'and' ? b.truth === false : b.truth === true
      return decided && PLAIN.has(a.kind) ? known(b.truth!) : only(join(a.kind, b.kind))
    }
    if (operator === 'in' || operator === 'not in') {
      if (b.kind === 'message' && isString(left))
        return known(['role', 'content'].includes(left.value) === (operator === 'in'))
      if (WORDS.has(b.kind)) seek(left, b.kind)
      else if (!PLAIN.has(b.kind) || !PLAIN.has(a.kind)) reject('in')
      return CLEAN
    }
    if (operator === '==' || operator === '!=') {
      const literal = isLiteral(right) ? right : isLiteral(left) ? left : undefined
      const { kind } = literal === right ? a : b
      if (kind === 'role' && isString(literal) && !COPIED_ROLES.has(literal.value)) return known(operator === '!=')
      if (kind === 'content' && literal && (!isString(literal) || isBlank(literal))) return known(operator === '!=')
      if (WORDS.has(kind) && literal && (!isString(literal) || isBlank(literal))) return CLEAN
    }
    const isJoin = operator === '+' || operator === '~'
    if (isJoin && (WORDS.has(a.kind) || WORDS.has(b.kind))) return join(a.kind, b.kind) && only('text')
    return PLAIN.has(a.kind) && PLAIN.has(b.kind) ? CLEAN : reject(operator)
  }

  function test(operand: TemplateNode, name: string): Value {
    const { kind } = evaluate(operand)
    if (kind === 'absent') return known(name === 'undefined')
    if (kind === 'none') return known(name === 'none' || name === 'defined')
    if (PLAIN.has(kind)) return CLEAN
    if (!['defined', 'undefined', 'none', 'string', 'mapping', 'iterable', 'sequence'].includes(name))
      return reject(name)
    if (kind === 'maybe' || name === 'iterable' || name === 'sequence') return CLEAN
    return known(
      name === 'defined' || (name === 'string' && WORDS.has(kind)) || (name === 'mapping' && kind === 'message'),
    )
  }

  function evaluate(node: TemplateNode): Value {
    const at = (part: string) => node[part] as TemplateNode
    switch (node.type) {
      case 'Identifier':
        if (/^none$/i.test(String(node.value))) return { kind: 'none', truth: false }
        if (isConstant(node)) return known(String(node.value).toLowerCase() === 'true')
        return named(variables.get(node.value as string) ?? 'absent')
      case 'StringLiteral':
      case 'IntegerLiteral':
      case 'FloatLiteral':
        return CLEAN
      case 'ArrayLiteral':
      case 'TupleLiteral':
        return clean(node.value as TemplateNode[])
      case 'ObjectLiteral':
        return clean([...(node.value as Map<TemplateNode, TemplateNode>)].flat())
      case 'KeywordArgumentExpression':
        return evaluate(at('value'))
      case 'MemberExpression':
        return member(node)
      case 'CallExpression':
        return call(node as never)
      case 'FilterExpression':
        return filter(node)
      case 'BinaryExpression':
        return binary(at('operator').value as string, at('left'), at('right'))
      case 'TestExpression': {
        const value = test(at('operand'), at('test').value as string)
        return node.negate && value.truth !== undefined ? known(!value.truth) : value
      }
      case 'UnaryExpression': {
        const { kind, truth } = evaluate(at('argument'))
        if (!PLAIN.has(kind) && !WORDS.has(kind)) return reject('not')
        return truth === undefined ? CLEAN : known(!truth)
      }
      case 'Ternary':
      case 'SelectExpression': {
        const { truth } = evaluate(at(node.type === 'Ternary' ? 'condition' : 'test'))
        const yes = truth === false ? undefined : evaluate(at(node.type === 'Ternary' ? 'trueExpr' : 'lhs'))
        const no = truth === true ? undefined : node.type === 'Ternary' ? evaluate(at('falseExpr')) : CLEAN
        return only(yes && no ? join(yes.kind, no.kind) : (yes ?? no)!.kind)
      }
      default:
        return reject(node.type)
    }
  }

  return { evaluate, bind, clean }
}

/** The number that a node says, as text: `-1`. */
function literalNumber(node: TemplateNode): string {
  if (node.type === 'IntegerLiteral') return String(node.value)
  const argument = node.argument as TemplateNode | undefined
  const sign = (node.operator as TemplateNode | undefined)?.value
  return node.type === 'UnaryExpression' && argument && sign === '-' ? `-${literalNumber(argument)}` : ''
}
