/**
 * Writes ONNX models: a graph is built call by call and turned into the bytes of a model file.
 * @module
 */
import { type Bytes, bytesField, floatField, integerField, join } from './protobuf.ts'

/** Element types, with their numbers in the ONNX specification. */
const ELEMENT_TYPES = { float32: 1, int32: 6, int64: 7, bool: 9 } as const
export type ElementType = keyof typeof ELEMENT_TYPES

/** A length: fixed, or a name that stands for the same unknown length everywhere in the graph. */
export type Dimension = number | string

/** A tensor in a graph. */
export interface Value {
  readonly name: string
}

/** A whole number, a text, a list of whole numbers, or a float or tensor marked as such. */
export type Attribute = number | string | readonly number[] | { float: number } | { tensor: Constant }

/** A tensor where a part of a graph begins or ends. */
export interface Port extends Value {
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

/** Numbers with a shape; a scalar has the shape `[]`. */
export interface Constant {
  data: Float32Array | Int32Array | BigInt64Array
  shape: readonly number[]
}

export interface OperatorOptions {
  /** Operator set; default: ONNX's own. `com.microsoft` holds ONNX Runtime's. */
  domain?: string
}

export interface Graph {
  /** A tensor that the caller of the model supplies. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value
  /** A tensor fixed in the model: floats, or whole numbers as int64 when given as a plain list. */
  constant(data: Constant['data'] | readonly number[], shape?: readonly number[]): Value
  /** One node; `undefined` leaves an optional input out. With `outputs`, all its results, else the only one. */
  operator(
    type: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Record<string, Attribute>,
    options?: OperatorOptions,
  ): Value
  operator(
    type: string,
    inputs: readonly (Value | undefined)[],
    attributes: Record<string, Attribute>,
    options: OperatorOptions & { outputs: number },
  ): Value[]
  /** Makes a value a result of the model; without a shape, ONNX Runtime infers it. */
  output(value: Value, name: string, type?: ElementType, shape?: readonly Dimension[]): void
  /** The bytes of a model that computes some of the graph's tensors from others, which may lie in its middle. */
  extract(given: readonly Port[], wanted: readonly Port[]): Uint8Array
  /** The bytes of the model file. */
  toModel(): Uint8Array
  /** The same in pieces, in order: constants are not copied. */
  toPieces(): Bytes
}

/**
 * An empty graph.
 *
 * @param opset version of ONNX's operator set; default 20.
 * @example
 * const graph = createGraph()
 * const x = graph.input('x', 'float32', ['rows', 3])
 * graph.output(graph.operator('Softmax', [x], { axis: -1 }), 'y')
 * const bytes = graph.toModel()
 */
export function createGraph(opset = 20): Graph {
  const nodes: { from: readonly (Value | undefined)[]; to: readonly string[]; bytes: Bytes }[] = []
  const constants = new Map<string, { value: Value; bytes: Bytes }>()
  const inputs = new Map<string, Bytes>()
  const outputs: Bytes[] = []
  let count = 0

  const addNode = (
    type: string,
    from: readonly (Value | undefined)[],
    to: readonly string[],
    attributes: Record<string, Attribute>,
    domain = '',
  ) => {
    const bytes = bytesField(1, [
      ...from.map(value => bytesField(1, value?.name ?? '')),
      ...to.map(name => bytesField(2, name)),
      bytesField(4, type),
      ...Object.entries(attributes).map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
      ...(domain ? [bytesField(7, domain)] : []),
    ])
    nodes.push({ from, to, bytes })
  }

  function operator(
    type: string,
    from: readonly (Value | undefined)[],
    attributes: Record<string, Attribute> = {},
    options: OperatorOptions & { outputs?: number } = {},
  ): Value & Value[] {
    const values = Array.from({ length: options.outputs ?? 1 }, () => ({ name: `t${count++}` }))
    addNode(
      type,
      from,
      values.map(value => value.name),
      attributes,
      options.domain,
    )
    return (options.outputs === undefined ? values[0] : values) as Value & Value[]
  }

  const write = (...fields: (readonly Bytes[])[]): Bytes => {
    const graph = [bytesField(2, 'graph'), ...fields.flat()]
    const model = [
      integerField(1, 9), // version of the file format
      bytesField(2, 'misstep'),
      bytesField(7, graph),
      bytesField(8, [integerField(2, opset)]),
      bytesField(8, [bytesField(1, 'com.microsoft'), integerField(2, 1)]),
    ]
    return model.flat()
  }
  const constantBytes = () => [...constants.values()].map(constant => constant.bytes)
  const toPieces = () =>
    write(
      nodes.map(node => node.bytes),
      constantBytes(),
      [...inputs.values()],
      outputs,
    )

  function extract(given: readonly Port[], wanted: readonly Port[]): Uint8Array {
    const begins = new Map(given.map(({ name, type, shape }) => [name, bytesField(11, describe(name, type, shape))]))
    const needed = new Set(wanted.map(({ name }) => name))
    // From the last node to the first, for each stands behind all that it needs.
    const chosen = nodes.toReversed().filter(({ from, to }) => {
      if (!to.some(name => needed.has(name) && !begins.has(name))) return false
      for (const value of from) if (value) needed.add(value.name)
      return true
    })
    const used = <T>(all: Iterable<readonly [string, T]>) =>
      Array.from(all).flatMap(([name, what]) => (needed.has(name) ? [what] : []))
    return join(
      write(
        chosen.reverse().map(node => node.bytes),
        used(Array.from(constants.values(), ({ value, bytes }) => [value.name, bytes] as const)),
        used(new Map([...inputs, ...begins])),
        wanted.map(({ name, type, shape }) => bytesField(12, describe(name, type, shape))),
      ),
    )
  }

  return {
    input(name, type, shape) {
      inputs.set(name, bytesField(11, describe(name, type, shape)))
      return { name }
    },
    constant(numbers, shape) {
      const data = 'buffer' in numbers ? numbers : BigInt64Array.from(numbers, BigInt)
      const tensor = { data, shape: shape ?? [data.length] }
      // The same small constant (axes, shapes) is asked for again and again: kept once.
      const key = data.length <= 16 ? `${data.constructor.name} ${tensor.shape} ${data}` : `${constants.size}`
      const known = constants.get(key)
      if (known) return known.value
      const value = { name: `c${constants.size}` }
      constants.set(key, { value, bytes: bytesField(5, encodeTensor(tensor, value.name)) })
      return value
    },
    operator,
    output(value, name, type = 'float32', shape) {
      addNode('Identity', [value], [name], {})
      outputs.push(bytesField(12, describe(name, type, shape)))
    },
    extract,
    toModel: () => join(toPieces()),
    toPieces,
  }
}

function encodeTensor({ data, shape }: Constant, name = ''): Bytes[] {
  const type = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64'
  return [
    ...shape.map(length => integerField(1, length)),
    integerField(2, ELEMENT_TYPES[type]),
    bytesField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]
}

/** Name, element type and shape; without a shape, ONNX Runtime infers it. */
function describe(name: string, type: ElementType, shape?: readonly Dimension[]): Bytes[] {
  const dimensions = shape?.map(length =>
    bytesField(1, [typeof length === 'number' ? integerField(1, length) : bytesField(2, length)]),
  )
  const tensor = [integerField(1, ELEMENT_TYPES[type]), ...(dimensions ? [bytesField(2, dimensions)] : [])]
  return [bytesField(1, name), bytesField(2, [bytesField(1, tensor)])]
}

function encodeAttribute(name: string, value: Attribute): Bytes[] {
  const named = (kind: number, ...fields: Bytes[]) => [bytesField(1, name), ...fields, integerField(20, kind)]
  if (typeof value === 'string') return named(3, bytesField(4, value))
  if (typeof value === 'number') return named(2, integerField(3, value))
  if ('float' in value) return named(1, floatField(2, value.float))
  if ('tensor' in value) return named(4, bytesField(5, encodeTensor(value.tensor)))
  return named(7, ...value.map(number => integerField(8, number)))
}
