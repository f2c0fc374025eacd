import { parse, tokenize } from '@huggingface/jinja'
import { describe, expect, it } from 'vitest'
import { conversations } from '../../test/kit/stand-ins.ts'
import { findSoughtTexts } from './content-use.ts'
import type { TemplateNode } from './content-value.ts'
import { createJinjaTemplate } from './jinja-template.ts'

const each = (body: string) => `{% for message in messages %}${body}{{ '<|end|>' }}{% endfor %}`

/** What a template does with what messages say, and the texts that it looks for; undefined where it cannot be copied. */
const TEMPLATES: [string, string, string[] | undefined][] = [
  ['writes it', each('{{ message.content }}'), []],
  ['strips and joins it', each("{{ message['role'] ~ ': ' + message['content'] | trim }}"), []],
  ['keeps it in variables', each('{% set text = message.content.strip() %}{{ text }}'), []],
  [
    'keeps it in a namespace',
    `{% set ns = namespace(x='') %}${each('{% set ns.x = message.content %}{{ ns.x }}')}`,
    [],
  ],
  ['looks for a text', each("{{ 'think' if '<think>' in message.content else message.content }}"), ['<think>']],
  ['splits it', each("{{ message.content.split('</t>')[-1] }}"), ['</t>']],
  [
    'asks for fields that no message has',
    each('{% if message.tool_calls %}{{ message.content | upper }}{% endif %}{{ message.content }}'),
    [],
  ],
  [
    'asks whether it is text',
    each('{% if message.content is string %}{{ message.content }}{% else %}{{ message.content[0] }}{% endif %}'),
    [],
  ],
  ['writes it in capitals', each('{{ message.content | upper }}'), undefined],
  ['counts it', each('{{ message.content | length }}'), undefined],
  ['cuts it', each('{{ message.content[:3] }}'), undefined],
  ['takes its letters', each('{% for letter in message.content %}{{ letter }}-{% endfor %}'), undefined],
  ['compares it', each("{% if message.content == 'Hi' %}!{% endif %}{{ message.content }}"), undefined],
  ['compares it with another', each('{% if message.content > messages[0].content %}!{% endif %}'), undefined],
  ['writes it as JSON', each('{{ message.content | tojson }}'), undefined],
  ['writes whole messages', each('{{ message | tojson }}'), undefined],
  ['looks into what it put together', each("{% if 'ab' in 'a' + message.content %}!{% endif %}"), undefined],
  [
    'gives it to a macro',
    `{% macro f(x) %}{{ x | length }}{% endmacro %}${each('{{ f(message.content) }}')}`,
    undefined,
  ],
  ['hides it in a list', each('{% set list = [message.content] %}{{ list[0] | length }}'), undefined],
  [
    'hides it in a namespace',
    each("{% set ns = namespace(x=message.content) %}{{ ns[loop.index] }}{{ ns['x'] | length }}"),
    undefined,
  ],
  [
    'asks for a field by a name in a variable',
    each("{% set name = 'content' %}{{ message[name] | length }}"),
    undefined,
  ],
  ['looks at the neighbour', each('{{ loop.previtem.content | length }}'), undefined],
  [
    'sorts messages',
    "{% for m in messages | sort(attribute='content') %}{{ m.content + '<|end|>' }}{% endfor %}",
    undefined,
  ],
  ['sets it as a block', each('{% set x %}{{ message.content }}{% endset %}{{ x | length }}'), undefined],
]

describe('what a template does with what messages say', () => {
  it.each(TEMPLATES)('is known of one that %s', (_, template, sought) => {
    const program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true })) as unknown as TemplateNode
    expect(findSoughtTexts(program, [])).toEqual(sought)
  })

  it.each(TEMPLATES.filter(([, , sought]) => sought))(
    'is copied by one that %s as the interpreter does',
    (_, template) => {
      const options = { specialTokens: ['<|end|>'] }
      const [fast, slow] = [template, `${template}{# \uE000 #}`].map(source => createJinjaTemplate(source, options))
      for (const messages of conversations) expect(fast!.render(messages, false)).toBe(slow!.render(messages, false))
    },
  )
})
