/**
 * The few instructions of WebAssembly that a vector kernel needs, as bytes, and a module around them.
 * @module
 */

/** Instructions as bytes. Helpers put their operands' code first, as a stack machine wants it. */
export type Code = readonly number[]
export type Local = number

/** A number of 32 bits in LEB128, for indices, sizes and offsets. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return [...bytes, rest]
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const byte = rest & 127
    rest >>= 7
    if ((rest === 0 && byte < 64) || (rest === -1 && byte >= 64)) return [...bytes, byte]
    bytes.push(byte | 128)
  }
}

const floatBytes = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)]
const plain = (opcode: number) => (a: Code, b: Code) => [...a, ...b, opcode]
const vector = (opcode: number) => [0xfd, ...unsigned(opcode)]
const vectorPair = (opcode: number) => (a: Code, b: Code) => [...a, ...b, ...vector(opcode)]
/** Alignment as a power of two, then the offset that is added to the address. */
const at = (alignment: number, offset: number) => [alignment, ...unsigned(offset)]
const BLOCK = [0x02, 0x40]
const LOOP = [0x03, 0x40]
const END = 0x0b

export const constant = (value: number): Code => [0x41, ...signed(value)]
export const get = (local: Local): Code => [0x20, ...unsigned(local)]
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)]
export const add = plain(0x6a)
export const multiply = plain(0x6c)
export const less = plain(0x49)
export const increase = (local: Local, by: number): Code => set(local, add(get(local), constant(by)))
export const smaller = (a: Code, b: Code): Code => [...a, ...b, ...less(a, b), 0x1b]
export const load = (address: Code, offset = 0): Code => [...address, 0x28, ...at(2, offset)]
/** Adds one to a shared counter and gives what it was before. */
export const takeNext = (address: Code): Code => [...address, ...constant(1), 0xfe, 0x1e, ...at(2, 0)]
/** Returns from the function unless a comes before b. */
export const returnUnlessLess = (a: Code, b: Code): Code => [...BLOCK, ...less(a, b), 0x0d, 0, 0x0f, END]
/** Runs the body, then again as long as the condition holds. */
export const doWhile = (condition: Code, ...body: Code[]): Code => [...LOOP, ...body.flat(), ...condition, 0x0d, 0, END]
export const forever = (...body: Code[]): Code => [...LOOP, ...body.flat(), 0x0c, 0, END]

/** Four floats at once. */
export const floats4 = {
  constant: (value: number): Code => [0xfd, 0x0c, ...[0, 1, 2, 3].flatMap(() => floatBytes(value))],
  load: (address: Code, offset = 0): Code => [...address, ...vector(0x00), ...at(4, offset)],
  /** One float, four times. */
  loadOne: (address: Code, offset = 0): Code => [...address, ...vector(0x09), ...at(2, offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...vector(0x0b), ...at(4, offset)],
  add: vectorPair(0xe4),
  subtract: vectorPair(0xe5),
  multiply: vectorPair(0xe6),
  divide: vectorPair(0xe7),
  larger: vectorPair(0xe9),
  nearest: (value: Code): Code => [...value, ...vector(0x6a)],
  /** The powers of two with these exponents: whole numbers above -127. */
  powerOfTwo: (exponents: Code): Code => [
    ...exponents,
    ...vector(0xf8),
    ...constant(127),
    ...vector(0x11),
    ...vector(0xae),
    ...constant(23),
    ...vector(0xab),
  ],
  /** The sum of the four, four times. */
  sum: (local: Local): Code => [...[0, 1, 2, 3].flatMap(i => [...lane(local, i), ...(i ? [0x92] : [])]), ...SPLAT],
  /** The largest of the four, four times. */
  largest: (local: Local): Code => [...[0, 1, 2, 3].flatMap(i => [...lane(local, i), ...(i ? [0x97] : [])]), ...SPLAT],
}
const SPLAT = vector(0x13)
const lane = (local: Local, index: number) => [...get(local), ...vector(0x1f), index]

/** Gives out local variables; the function's parameters, all i32, come first. */
export function createLocals(parameters: number) {
  const types: number[] = []
  const create = (type: number) => () => parameters + types.push(type) - 1
  return { parameters, types, integer: create(0x7f), vector: create(0x7b) }
}

/**
 * A module that imports `environment.memory` and exports one function without result.
 *
 * @param pages first and largest size of the memory, in units of 64 KiB
 */
export function wasmModule(
  name: string,
  locals: ReturnType<typeof createLocals>,
  code: Code,
  pages: { initial: number; maximum: number; shared: boolean },
): Uint8Array {
  const list = (...items: Code[]) => [...unsigned(items.length), ...items.flat()]
  const sized = (bytes: Code) => [...unsigned(bytes.length), ...bytes]
  const section = (id: number, ...items: Code[]) => [id, ...sized(list(...items))]
  const text = (value: string) => sized([...new TextEncoder().encode(value)])
  const limits = [pages.shared ? 3 : 1, ...unsigned(pages.initial), ...unsigned(pages.maximum)]
  const body = [...list(...locals.types.map(type => [1, type])), ...code, END]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, ...list(...Array.from({ length: locals.parameters }, () => [0x7f])), 0]),
    ...section(2, [...text('environment'), ...text('memory'), 0x02, ...limits]),
    ...section(3, [0]),
    ...section(7, [...text(name), 0, 0]),
    ...section(10, sized(body)),
  ])
}
