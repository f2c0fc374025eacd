/**
 * What a thread does that computes gradients. Threads are given the text of these functions, for in this form they start
 * from sources and from a bundle alike: they may use nothing but their arguments.
 * @module
 */
import type { MessagePort } from 'node:worker_threads'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node'
import type { Port } from '../../onnx/graph.ts'
import type { AdamWStep, updateAdamW } from './adamw.ts'
import type { MicroBatch } from './micro-batches.ts'
import type { LayerInput, ThreadPlan } from './thread-plan.ts'

/** What a thread can be asked for; it answers with a number. */
export type Request =
  | {
      /** Adds a micro-batch's gradient to the shared one when it is its turn; answers with its loss. */
      task: 'gradient'
      microBatch: MicroBatch
      /** Its turn: they are added in this order. */
      turn: number
      /** Of every trained token. */
      weight: number
      /** The parameters are read anew when this differs from the request before. */
      version: number
    }
  /** Waits until all gradients of this thread are added. */
  | { task: 'settle' }
  /** Sums the squares of every so many pieces of the gradient, from one on. */
  | { task: 'square'; first: number; every: number; piece: number }
  | { task: 'update'; range: readonly [number, number]; step: AdamWStep }
  | { task: 'close' }

/** The lengths that names in shapes stand for. */
export function lengthsOf(rows: number, length: number, trained: number, blocks: ThreadPlan['blocks']) {
  const lengths: Record<string, number> = { rows, length, trained, tokens: rows * length }
  for (let index = 0; index < blocks.count; index++) {
    const start = Math.min(length, index * blocks.size)
    const end = Math.min(length, start + blocks.size)
    lengths[`queries ${index}`] = blocks.group * (end - start)
    lengths[`keys ${index}`] = end > start ? end : 0
  }
  return lengths
}

/** How many numbers a tensor has. */
export function countNumbers(shape: Port['shape'], lengths: Record<string, number>): number {
  return shape.reduce<number>((product, each) => product * (typeof each === 'number' ? each : lengths[each]!), 1)
}

interface Tools {
  runtime: { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }
  port: MessagePort
  lengthsOf: typeof lengthsOf
  countNumbers: typeof countNumbers
  updateAdamW: typeof updateAdamW
}

export function gradientProgram(plan: ThreadPlan, tools: Tools) {
  const { lengthsOf, countNumbers, port, runtime } = tools
  const { hiddenSize, layers, embeddings, arrays, frozen, turns } = plan
  const [CLOCK, FAILED, FIRST] = [0, 1, 2]
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 } as const
  const open = (bytes: Uint8Array, more = {}) => runtime.InferenceSession.create(bytes, { ...options, ...more })
  const floats = (data: Float32Array, shape: readonly number[]) => new runtime.Tensor('float32', data, shape)
  const integers = (data: BigInt64Array) => new runtime.Tensor('int64', data, [data.length])
  const sizeOf = (inputs: readonly LayerInput[]) => inputs.reduce((sum, { from, to }) => sum + to - from, 0)
  type Feeds = Record<string, Tensor>

  let sessions: Record<'prepare' | 'last', InferenceSession> & Partial<Record<'forward' | 'backward', InferenceSession>>
  const openAll = async () => {
    const { prepare, forward, backward, last } = plan.models
    return {
      prepare: await open(prepare),
      ...(forward && { forward: await open(forward.bytes) }),
      ...(backward && { backward: await open(backward.bytes) }),
      // A last layer's few large tables would leave ONNX Runtime's own store of memory in pieces, twice as large as what is used.
      last: await open(last.bytes, { enableCpuMemArena: !forward }),
    }
  }

  // ONNX Runtime does not read shared memory: the parameters of a layer are copied when it is computed.
  const inner = layers.slice(0, -1)
  const slots = [new Float32Array(Math.max(0, ...inner.map(sizeOf))), new Float32Array(sizeOf(layers.at(-1)!))] as const
  const held = ['', '']
  function parametersOf(layer: number, version: number): Feeds {
    const slot = layer < inner.length ? 0 : 1
    const fresh = held[slot] === `${layer} ${version}`
    held[slot] = `${layer} ${version}`
    let at = 0
    return Object.fromEntries(
      layers[layer]!.map(({ input, from, to, shape, frozen: still }) => {
        const part = slots[slot].subarray(at, at + to - from)
        at += part.length
        if (!fresh) part.set((still ? frozen : arrays.parameters).subarray(from, to))
        return [input, floats(part, shape)]
      }),
    )
  }

  // Gradients are added in turn, so that sums do not depend on which thread was faster, or how many there are.
  let waiting: { part: number; turn: number; size: number; add(first: boolean): void }[] = []
  const free = new Map<number, Float32Array[]>()
  const take = (size: number) => free.get(size)?.pop() ?? new Float32Array(size)
  const give = (array: Float32Array) => free.set(array.length, [...(free.get(array.length) ?? []), array])
  /** Adds what may be added, and waits until no more than `most` numbers have to wait. */
  function settle(most: number) {
    for (;;) {
      if (Atomics.load(turns, FAILED)) throw new Error('another thread failed')
      const clock = Atomics.load(turns, CLOCK)
      const due = waiting.filter(({ part, turn }) => Atomics.load(turns, FIRST + part) === turn)
      for (const { part, turn, add } of due) {
        add(turn === 0)
        Atomics.store(turns, FIRST + part, turn + 1)
      }
      if (due.length > 0) {
        waiting = waiting.filter(each => !due.includes(each))
        Atomics.add(turns, CLOCK, 1)
        Atomics.notify(turns, CLOCK)
      } else if (waiting.reduce((sum, { size }) => sum + size, 0) <= most) return
      else Atomics.wait(turns, CLOCK, clock)
    }
  }
  const into = (from: number, part: Float32Array, first: boolean) => {
    const { gradient } = arrays
    if (first) gradient.set(part, from)
    else for (let i = 0; i < part.length; i++) gradient[from + i]! += part[i]!
  }
  /** Memory for the gradients of a layer, as results of its model. */
  function resultsOf(layer: number) {
    const trained = layers[layer]!.filter(({ gradient }) => gradient !== undefined)
    const places = trained.map(place => ({ ...place, isTable: place.input === 'model.embed_tokens.weight' }))
    const own = places.filter(place => !place.isTable)
    const memory = take(sizeOf(own))
    let at = 0
    const pieces = places.map(place => {
      const size = place.to - place.from
      const part = place.isTable ? take(size) : memory.subarray(at, at + size)
      if (!place.isTable) at += size
      return { ...place, part }
    })
    const feeds: Feeds = Object.fromEntries(pieces.map(({ gradient, part, shape }) => [gradient!, floats(part, shape)]))
    return {
      feeds,
      memory,
      own: pieces.filter(piece => !piece.isTable),
      table: pieces.find(piece => piece.isTable)?.part,
    }
  }
  function addLayer(layer: number, turn: number, { memory, own }: ReturnType<typeof resultsOf>) {
    const add = (first: boolean) => {
      for (const { from, part } of own) into(from, part, first)
      give(memory)
    }
    waiting.push({ part: layer, turn, size: memory.length, add })
    settle(plan.patience)
  }

  // What is kept until the way back lies in one piece of memory, written anew by each micro-batch.
  let memory = new Float32Array(0)
  let prepared: { length: number; tensors: Feeds } | undefined

  async function gradient(request: Request & { task: 'gradient' }): Promise<number> {
    const { microBatch, turn, weight, version } = request
    const { rows, length, ids, positions, targets } = microBatch
    sessions ??= await openAll()
    const lengths = lengthsOf(rows, length, targets.length, plan.blocks)
    if (prepared?.length !== length)
      prepared = { length, tensors: await sessions.prepare.run({ length: integers(BigInt64Array.of(BigInt(length))) }) }
    const common = { ...prepared.tensors, grid: integers(BigInt64Array.of(BigInt(rows), BigInt(length))) }
    const stateShape = [ids.length, hiddenSize]
    const states = ids.length * hiddenSize
    const perLayer = states + plan.kept.reduce((sum, { shape }) => sum + countNumbers(shape, lengths), 0)
    const needed = perLayer * inner.length + 3 * states
    if (memory.length < needed) memory = new Float32Array(needed)
    let at = 0
    const tensor = (shape: Port['shape']) => {
      const numbers = shape.map(each => (typeof each === 'number' ? each : lengths[each]!))
      const from = at
      at += countNumbers(numbers, lengths)
      return floats(memory.subarray(from, at), numbers) as TypedTensor<'float32'>
    }

    const table = (embeddings.frozen ? frozen : arrays.parameters).subarray(embeddings.from, embeddings.to)
    let x = tensor(stateShape)
    for (let i = 0; i < ids.length; i++) {
      const row = Number(ids[i]) * hiddenSize
      x.data.set(table.subarray(row, row + hiddenSize), i * hiddenSize)
    }
    const way = []
    for (const layer of inner.keys()) {
      const kept: Feeds = Object.fromEntries(plan.kept.map(({ name, shape }) => [name, tensor(shape)]))
      const result = tensor(stateShape)
      const feeds = { ...common, ...parametersOf(layer, version), x }
      await sessions.forward!.run(feeds, { ...kept, [plan.models.forward!.result]: result })
      way.push({ x, kept })
      x = result
    }

    let by = tensor(stateShape)
    let other = tensor(stateShape)
    const results = resultsOf(inner.length)
    const { last } = plan.models
    const { [last.result]: loss } = await sessions.last.run(
      {
        ...common,
        ...parametersOf(inner.length, version),
        x,
        positions: integers(positions),
        targets: integers(targets),
        weights: floats(new Float32Array(targets.length).fill(weight), [targets.length]),
      },
      { [last.result]: null, ...results.feeds, [last.gradients.x!]: by },
    )
    addLayer(inner.length, turn, results)
    for (const [layer, { x, kept }] of [...way.entries()].reverse()) {
      const feeds = { ...common, ...kept, ...parametersOf(layer, version), x, gradient: by }
      const own = resultsOf(layer)
      await sessions.backward!.run(feeds, { ...own.feeds, [plan.models.backward!.gradients.x!]: other })
      addLayer(layer, turn, own)
      ;[by, other] = [other, by]
    }

    if (!embeddings.frozen) {
      // The memory is written anew before it may be this one's turn.
      const rowsBy = Float32Array.from(by.data)
      const add = (first: boolean) => {
        const sum = arrays.gradient.subarray(embeddings.from, embeddings.to)
        if (results.table) into(embeddings.from, results.table, first)
        else if (first) sum.fill(0)
        for (let i = 0; i < ids.length; i++) {
          const row = Number(ids[i]) * hiddenSize
          for (let j = 0; j < hiddenSize; j++) sum[row + j]! += rowsBy[i * hiddenSize + j]!
        }
        if (results.table) give(results.table)
      }
      waiting.push({ part: layers.length, turn, size: (results.table?.length ?? 0) + states, add })
    }
    settle(plan.patience)
    return loss!.data[0] as number
  }

  function square(first: number, every: number, piece: number) {
    const { gradient } = arrays
    for (let index = first; index < plan.squares.length; index += every) {
      const end = Math.min(gradient.length, (index + 1) * piece)
      let sum = 0
      for (let i = index * piece; i < end; i++) sum += gradient[i]! * gradient[i]!
      plan.squares[index] = sum
    }
  }

  async function answer(request: Request): Promise<number> {
    if (request.task === 'gradient') return gradient(request)
    if (request.task === 'settle') settle(0)
    if (request.task === 'square') square(request.first, request.every, request.piece)
    if (request.task === 'update') tools.updateAdamW(arrays, plan.places, request.range, request.step)
    if (request.task === 'close') {
      for (const session of Object.values(sessions ?? {})) await session.release()
      port.close()
    }
    return 0
  }
  port.on('message', async (request: Request) => {
    try {
      port.postMessage({ result: await answer(request) })
    } catch (error) {
      Atomics.store(turns, FAILED, 1)
      Atomics.add(turns, CLOCK, 1)
      Atomics.notify(turns, CLOCK)
      port.postMessage({ error: String((error as Error)?.message ?? error) })
    }
  })
}
