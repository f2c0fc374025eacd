/**
 * The chat format of the students that this package trains from nothing.
 * @module
 */

/** Every message is `<|role|>content<|end|>`, with nothing in between; an answer begins after `<|assistant|>`. */
export const STUDENT_CHAT = {
  specialTokens: ['<|pad|>', '<|end|>', '<|system|>', '<|user|>', '<|assistant|>'],
  stopToken: '<|end|>',
  padToken: '<|pad|>',
  chatTemplate:
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
} as const
