/**
 * What a thread does that computes gradients. Threads are given the text of these functions, for in this form they start
 * from sources and from a bundle alike: they may use nothing but their arguments.
 * @module
 */
import type { MessagePort } from 'node:worker_threads'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node'
import type { Port } from '../../onnx/graph.ts'
import type { updateAdamW } from './adamw.ts'
import type { LlamaLayer } from './llama.ts'
import type { LayerInput, Request, ThreadPlan } from './thread-plan.ts'

/** How many numbers a tensor has. */
export function countNumbers(shape: Port['shape'], lengths: Record<string, number>): number {
  return shape.reduce<number>((product, each) => product * (typeof each === 'number' ? each : lengths[each]!), 1)
}

interface Tools {
  runtime: { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }
  port: MessagePort
  countNumbers: typeof countNumbers
  updateAdamW: typeof updateAdamW
}

export function gradientProgram(plan: ThreadPlan, tools: Tools) {
  const { countNumbers, port, runtime } = tools
  const { hiddenSize, layers, embeddings, arrays, frozen, turns } = plan
  const [CLOCK, FAILED, FIRST] = [0, 1, 2]
  const options = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableMemPattern: false,
    // A store of memory for each of many models would hold, all together, twice what one of them uses at a time.
    enableCpuMemArena: !plan.models.last,
    logSeverityLevel: 3,
    // It would take back that matrices are turned round before a product: see operations/linear.ts.
    extra: { optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' } },
  } as const
  const open = (bytes: Uint8Array) => runtime.InferenceSession.create(bytes, options)
  const floats = (data: Float32Array, shape: readonly number[]) => new runtime.Tensor('float32', data, shape)
  const integers = (data: BigInt64Array) => new runtime.Tensor('int64', data, [data.length])
  const sizeOf = (inputs: readonly LayerInput[]) => inputs.reduce((sum, { from, to }) => sum + to - from, 0)
  type Feeds = Record<string, Tensor>

  const openAll = async () => {
    const { prepare, inner, last, loss } = plan.models
    const pair = async ({ forward, backward }: LlamaLayer) => ({
      forward: await open(forward.bytes),
      backward: await open(backward.bytes),
    })
    return {
      prepare: await open(prepare),
      ...(inner && { inner: await pair(inner) }),
      ...(last && { last: await pair(last) }),
      loss: await open(loss.bytes),
    }
  }
  let sessions: Awaited<ReturnType<typeof openAll>> | undefined

  // ONNX Runtime does not read shared memory: the parameters of a layer are copied when it is computed.
  const head = layers.length - 1
  const slots = [
    new Float32Array(Math.max(0, ...layers.slice(0, head).map(sizeOf))),
    new Float32Array(sizeOf(layers[head]!)),
  ] as const
  const held = ['', '']
  function parametersOf(layer: number, version: number): Feeds {
    const slot = layer < head ? 0 : 1
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
  /** Memory for the gradients of a layer, as results of its model; and as sums, which begin at zero, for the head. */
  function resultsOf(layer: number) {
    const places = layers[layer]!.filter(({ gradient }) => gradient !== undefined)
    const isTable = ({ input }: LayerInput) => input === 'model.embed_tokens.weight'
    const memory = take(sizeOf(places.filter(place => !isTable(place))))
    let at = 0
    const pieces = places.map(place => {
      const size = place.to - place.from
      const part = isTable(place) ? take(size) : memory.subarray(at, at + size)
      if (!isTable(place)) at += size
      if (place.sum) part.fill(0)
      return { ...place, part, tensor: floats(part, place.shape) }
    })
    return {
      feeds: Object.fromEntries(pieces.map(({ gradient, tensor }) => [gradient!, tensor])) as Feeds,
      sums: Object.fromEntries(pieces.flatMap(({ sum, tensor }) => (sum ? [[sum, tensor]] : []))) as Feeds,
      memory,
      own: pieces.filter(piece => !isTable(piece)),
      table: pieces.find(isTable)?.part,
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
    const weights = microBatch.weights.map(each => each * weight)
    sessions ??= await openAll()
    const lengths: Record<string, number> = { rows, length, tokens: rows * length, trained: targets.length }
    if (prepared?.length !== length)
      prepared = { length, tensors: await sessions.prepare.run({ length: integers(BigInt64Array.of(BigInt(length))) }) }
    const common = {
      ...prepared.tensors,
      grid: integers(BigInt64Array.of(BigInt(rows), BigInt(length))),
      positions: integers(positions),
    }
    const stateShape = ['tokens', hiddenSize]
    const { inner, last, loss: lossModel } = plan.models
    const pairOf = (layer: number) => (layer < head - 1 ? inner! : last!)
    const sessionsOf = (layer: number) => (layer < head - 1 ? sessions!.inner! : sessions!.last!)
    const resultShape = (layer: number) => (layer < head - 1 ? stateShape : ['trained', hiddenSize])
    const all = Array.from({ length: head }, (_, layer) => [
      resultShape(layer),
      ...pairOf(layer).kept.map(({ shape }) => shape),
    ])
    const needed = [...all.flat(), ...Array<Port['shape']>(3).fill(stateShape)]
    const size = needed.reduce((sum, shape) => sum + countNumbers(shape, lengths), 0)
    if (memory.length < size) memory = new Float32Array(size)
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
    for (let layer = 0; layer < head; layer++) {
      const { forward, kept: ports } = pairOf(layer)
      const kept: Feeds = Object.fromEntries(ports.map(({ name, shape }) => [name, tensor(shape)]))
      const result = tensor(resultShape(layer))
      const feeds = { ...common, ...parametersOf(layer, version), x }
      await sessionsOf(layer).forward.run(feeds, { ...kept, [forward.result]: result })
      way.push({ x, kept })
      x = result
    }

    // The gradients by states lie in turn in two places.
    const spare = [tensor(stateShape).data, tensor(stateShape).data] as const
    const gradientOf = (index: number, like: Tensor) => floats(spare[index % 2]!.subarray(0, like.size), like.dims)
    let by = gradientOf(0, x)
    let loss = 0
    const results = resultsOf(head)
    for (let from = 0; from < targets.length; from += plan.headRows) {
      const end = Math.min(targets.length, from + plan.headRows)
      // A whole model has all states.
      const part = (states: TypedTensor<'float32'>) =>
        head === 0
          ? states
          : floats(states.data.subarray(from * hiddenSize, end * hiddenSize), [end - from, hiddenSize])
      const feeds = {
        ...common,
        ...parametersOf(head, version),
        ...results.sums,
        x: part(x),
        targets: integers(targets.subarray(from, end)),
        weights: floats(weights.subarray(from, end), [end - from]),
      }
      const fetches = { [lossModel.result]: null, ...results.feeds, [lossModel.gradients.x!]: part(by) }
      loss += (await sessions.loss.run(feeds, fetches))[lossModel.result]!.data[0] as number
    }
    addLayer(head, turn, results)
    for (const [layer, { x, kept }] of [...way.entries()].reverse()) {
      const feeds = { ...common, ...kept, ...parametersOf(layer, version), x, gradient: by }
      const own = resultsOf(layer)
      const other = gradientOf(head - layer, x)
      await sessionsOf(layer).backward.run(feeds, { ...own.feeds, [pairOf(layer).backward.gradients.x!]: other })
      addLayer(layer, turn, own)
      by = other
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
      waiting.push({ part: head + 1, turn, size: (results.table?.length ?? 0) + rowsBy.length, add })
    }
    settle(plan.patience)
    return loss
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
      const { prepare, inner, last, loss } = sessions ?? {}
      for (const session of [prepare, inner?.forward, inner?.backward, last?.forward, last?.backward, loss])
        await session?.release()
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
