/**
 * The same tensors in GGUF's words and in Hugging Face's.
 * @module
 */

const LAYER_NAMES: Record<string, string> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}
const OUTER_NAMES: Record<string, string> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
}
const GGUF_LAYER_NAMES = Object.fromEntries(Object.entries(LAYER_NAMES).map(([ours, theirs]) => [theirs, ours]))
const GGUF_OUTER_NAMES = Object.fromEntries(Object.entries(OUTER_NAMES).map(([ours, theirs]) => [theirs, ours]))

/** Hugging Face's name of a tensor of GGUF; `undefined` when a Llama model has no such tensor. */
export function fromGgufName(name: string): string | undefined {
  const [, layer, part] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(name) ?? []
  if (part === undefined) return Object.hasOwn(OUTER_NAMES, name) ? OUTER_NAMES[name] : undefined
  return Object.hasOwn(LAYER_NAMES, part) ? `model.layers.${layer}.${LAYER_NAMES[part]}.weight` : undefined
}

/** GGUF's name of a tensor of Hugging Face's `LlamaForCausalLM`. */
export function toGgufName(name: string): string {
  const [, layer, part] = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name) ?? []
  return part === undefined ? GGUF_OUTER_NAMES[name]! : `blk.${layer}.${GGUF_LAYER_NAMES[part]}.weight`
}

/**
 * Brings the rows of a query or key matrix into the other's order. Rotary embeddings turn pairs of rows: GGUF has the
 * two of a pair side by side, Hugging Face half a head apart.
 *
 * @param data `[heads * headSize, columns]`
 */
export function reorderHeads(data: Float32Array, heads: number, headSize: number, to: 'gguf' | 'hugging-face') {
  const columns = data.length / (heads * headSize)
  const result = new Float32Array(data.length)
  for (let row = 0; row < heads * headSize; row++) {
    const within = row % headSize
    const apart = row - within + (within % 2) * (headSize / 2) + (within >> 1)
    const [from, into] = to === 'gguf' ? [apart, row] : [row, apart]
    result.set(data.subarray(from * columns, (from + 1) * columns), into * columns)
  }
  return result
}
