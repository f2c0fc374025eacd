/**
 * Random trajectories and small chat formats for the tests of the render room.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Step, Trajectory } from '../../src/core/trajectory.ts'
import {
  type ChatFormat,
  loadChatFormat,
  STUDENT_CHAT,
  trainTokenizer,
  writeTokenizer,
} from '../../src/render/index.ts'

// The same random cases on every run.
fc.configureGlobal({ seed: 20250523 })

export const CHATML = {
  chatTemplate:
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  stopToken: '<|im_end|>',
  padToken: '<|pad|>',
}

const TEXTS = [
  'You are in the middle of a room. You see a drawer 12, a drawer 1, and a fridge 1.\nYour task is to: cool a mug.',
  'Thought: The mug may be in the fridge.\nAction: go to fridge 1',
  'Thought: Wait, the drawer is empty. I go on.\nAction: open drawer 12',
  'You open the drawer 12. In it, you see nothing.',
]

/** A format in a folder of its own, over a tokenizer trained on a few sentences; default: the students' format. */
export async function createTestFormat(options: Parameters<typeof writeTokenizer>[2] = {}): Promise<ChatFormat> {
  const folder = await mkdtemp(join(tmpdir(), 'misstep-render-'))
  try {
    const specialTokens = [...STUDENT_CHAT.specialTokens, '<|im_start|>', '<|im_end|>']
    await writeTokenizer(folder, trainTokenizer([...TEXTS, ...TEXTS], { vocabularySize: 400, specialTokens }), options)
    return await loadChatFormat(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const createChatmlFormat = () => createTestFormat(CHATML)

/** Any text, as an environment or a model may write it; special tokens and odd characters included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(' drawer', ' 12', '\n', '.', '<|end|>', '<|assistant|>', '<|im_end|>', "'s", '😀', '\ufeff'),
      {
        maxLength: 8,
      },
    )
    .map(parts => parts.join('')),
)

/** Text that begins and ends with a letter, so that no template trims it and no merge goes across its border. */
export const plainText = anyText.map(text => `a${text}z`)

const anyStep: fc.Arbitrary<Step> = fc.record(
  {
    thought: plainText,
    action: plainText,
    text: plainText,
    observation: plainText,
    reward: fc.constant(0),
    done: fc.constant(false),
    accepted: fc.boolean(),
    by: fc.constantFrom('student', 'teacher', 'expert'),
    verdict: fc.oneof(fc.constant({ ok: true }), fc.constant({ ok: false, kind: 'rejected', reflection: 'No.' })),
  },
  { requiredKeys: ['thought', 'action', 'observation', 'reward', 'done', 'accepted', 'by'] },
) as fc.Arbitrary<Step>

export const anyTrajectory: fc.Arbitrary<Trajectory> = fc
  .record({ instruction: plainText, opening: plainText, steps: fc.array(anyStep, { maxLength: 6 }) })
  .map(parts => createTrajectory(parts))

/** A trajectory of a made-up episode. */
export function createTrajectory(parts: Partial<Trajectory>): Trajectory {
  return {
    id: 'task-1',
    task: { id: 'task-1', environment: 'rooms', split: 'train', kind: 'cool' },
    agent: 'test',
    instruction: 'cool a mug',
    opening: TEXTS[0]!,
    steps: [],
    outcome: 'won',
    reward: 1,
    provenance: { seed: 1, environment: '1', misstep: '0', tokensIn: 0, tokensOut: 0 },
    ...parts,
  }
}

/** A step of a made-up episode. */
export function createStep(parts: Partial<Step> = {}): Step {
  const move = { thought: 'The mug may be in the fridge.', action: 'go to fridge 1' }
  return { ...move, observation: 'It is closed.', reward: 0, done: false, accepted: true, by: 'student', ...parts }
}
