import { describe, expect, it } from 'vitest'
import { createGraph } from './graph.ts'
import { createSession, floats, integers } from './session.ts'

describe('graph', () => {
  it('builds a model that ONNX Runtime runs, for any length of a named dimension', async () => {
    const graph = createGraph()
    const x = graph.input('x', 'float32', ['rows', 2])
    const weight = graph.constant(Float32Array.of(1, 2, 3, 4), [2, 2])
    const product = graph.operator(
      'FusedMatMul',
      [x, weight],
      { transB: 1, alpha: { float: 0.5 } },
      { domain: 'com.microsoft' },
    )
    graph.output(graph.operator('ReduceSum', [product, graph.constant([1])], { keepdims: 0 }), 'y')
    const session = await createSession(graph.toModel(), { threads: 1, fixedShapes: false })
    expect([...((await session.run({ x: floats([1, 1], [1, 2]) })).y!.data as Float32Array)]).toEqual([5])
    const { y } = await session.run({ x: floats([1, 0, 0, 1], [2, 2]) })
    expect([...(y!.data as Float32Array)]).toEqual([2, 3])
    await session.release()
  })

  it('gives all results of an operator with several, and takes whole numbers, texts and omitted inputs', async () => {
    const graph = createGraph()
    const x = graph.input('x', 'int64', [4])
    const [first, second] = graph.operator('Split', [x, graph.constant([1, 3])], { axis: 0 }, { outputs: 2 })
    const padded = graph.operator('Pad', [second!, graph.constant([0, 1]), undefined], { mode: 'constant' })
    graph.output(first!, 'first', 'int64')
    graph.output(padded, 'padded', 'int64')
    const session = await createSession(graph.toModel(), { threads: 1 })
    const { first: a, padded: b } = await session.run({ x: integers([-5, 6, 7, 8], [4]) })
    expect([...(a!.data as BigInt64Array)]).toEqual([-5n])
    expect([...(b!.data as BigInt64Array)]).toEqual([6n, 7n, 8n, 0n])
    await session.release()
  })

  it('writes results into memory of the caller, also into a part of a larger array', async () => {
    const graph = createGraph()
    graph.output(graph.operator('Neg', [graph.input('x', 'float32', [2])]), 'y')
    const session = await createSession(graph.toModel(), { threads: 1 })
    const memory = new Float32Array(4)
    await session.run(
      { x: floats(Float32Array.of(9, 1, 2, 9).subarray(1, 3), [2]) },
      { y: floats(memory.subarray(2), [2]) },
    )
    expect([...memory]).toEqual([0, 0, -1, -2])
    await session.release()
  })

  it('says that a model is not accepted', async () => {
    const graph = createGraph()
    graph.output(graph.operator('NoSuchOperator', [graph.input('x', 'float32', [1])]), 'y')
    await expect(createSession(graph.toModel())).rejects.toThrow(/does not accept the model .*NoSuchOperator/s)
  })
})
