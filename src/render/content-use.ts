/**
 * Proves of a chat template that it copies what messages say and does not look into it.
 * @module
 */
import {
  createEvaluator,
  type Evaluator,
  type Kind,
  PLAIN,
  reject,
  type TemplateNode,
  Unproven,
  WORDS,
} from './content-value.ts'

const GLOBALS = ['loop', 'namespace', 'range', 'raise_exception', 'add_generation_prompt']

/**
 * The texts that the template looks for in messages (such as `</think>`), where it does nothing else with what they say but
 * strip, join and write it: then any two conversations with the same roles, whose messages hold none of these texts, are
 * not empty and neither begin nor end with white space, differ in their render only by what they say.
 * `undefined` where that cannot be shown.
 *
 * @param program the parsed template
 * @param globals the names of what it is given; `tools` and `documents` are None
 */
export function findSoughtTexts(program: TemplateNode, globals: readonly string[]): string[] | undefined {
  const sought = new Set<string>()
  const variables = new Map<string, Kind>([...GLOBALS, ...globals].map(name => [name, 'clean']))
  variables.set('messages', 'messages').set('tools', 'none').set('documents', 'none')
  const walker = createWalker(createEvaluator(variables, sought))
  try {
    // Until nothing is learnt any more: what a variable holds may be said after it is read.
    for (let before = ''; before !== JSON.stringify([...variables]); ) {
      before = JSON.stringify([...variables])
      walker(program.body as TemplateNode[])
    }
    return [...sought]
  } catch (error) {
    if (error instanceof Unproven) return undefined
    throw error
  }
}

function createWalker({ evaluate, bind, clean }: Evaluator): (body: readonly TemplateNode[]) => void {
  function assign(target: TemplateNode, kind: Kind): void {
    if (target.type === 'Identifier') bind(target.value as string, kind)
    else if (target.type === 'MemberExpression' && !target.computed)
      bind(`.${(target.property as TemplateNode).value}`, kind)
    else if (target.type === 'TupleLiteral' && PLAIN.has(kind))
      for (const each of target.value as TemplateNode[]) assign(each, 'clean')
    else reject('set')
  }

  function walk(body: readonly TemplateNode[]): void {
    for (const node of body) statement(node)
  }

  function statement(node: TemplateNode): void {
    const [body, value] = [node.body as TemplateNode[], node.value as TemplateNode]
    switch (node.type) {
      case 'Comment':
      case 'Break':
      case 'Continue':
        return
      case 'If': {
        const { truth } = evaluate(node.test as TemplateNode)
        if (truth !== false) walk(body)
        if (truth !== true) walk(node.alternate as TemplateNode[])
        return
      }
      case 'For': {
        const iterable = node.iterable as TemplateNode
        const isSelect = iterable.type === 'SelectExpression'
        const { kind } = evaluate((isSelect ? iterable.lhs : iterable) as TemplateNode)
        if (kind !== 'messages' && !PLAIN.has(kind)) reject(`a loop over ${kind}`)
        assign(node.loopvar as TemplateNode, kind === 'messages' ? 'message' : 'clean')
        if (isSelect) evaluate(iterable.test as TemplateNode)
        walk(body)
        walk(node.defaultBlock as TemplateNode[])
        return
      }
      case 'Set':
        if (!value) walk(body)
        assign(node.assignee as TemplateNode, value ? evaluate(value).kind : 'text')
        return
      case 'Macro':
        for (const { type, value, key } of node.args as TemplateNode[]) {
          bind((type === 'Identifier' ? value : (key as TemplateNode).value) as string, 'clean')
          if (type !== 'Identifier') clean([value as TemplateNode])
        }
        walk(body)
        return
      default: {
        const { kind } = evaluate(node)
        if (!PLAIN.has(kind) && !WORDS.has(kind)) reject(`writes ${kind}`)
      }
    }
  }

  return walk
}
