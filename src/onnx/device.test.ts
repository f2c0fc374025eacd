import { listSupportedBackends } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { deviceNote } from './device.ts'
import { createGraph } from './graph.ts'
import { createSession, floats } from './session.ts'

const graph = createGraph()
const x = graph.input('x', 'float32', [2])
graph.output(graph.operator('Neg', [x]), 'y')
const model = graph.toModel()
const others = listSupportedBackends().filter(({ name }) => name !== 'cpu')

describe('a device', () => {
  it('is the processor without a word, and says so', async () => {
    const session = await createSession(model)
    expect(session.device).toBe('cpu')
    expect(deviceNote(undefined, 'cpu')).toBeUndefined()
    expect(deviceNote('cpu', 'cpu')).toBeUndefined()
    await session.release()
  })

  it('named auto always computes, and one line says where', async () => {
    const session = await createSession(model, { device: 'auto' })
    const { y } = await session.run({ x: floats([1, 2], [2]) })
    expect([...(y!.data as Float32Array)]).toEqual([-1, -2])
    const names = ['cpu', ...others.map(({ name }) => name)]
    expect(names).toContain(session.device)
    const processor = `device: auto takes the processor, for none of ${names.slice(1).join(', ')} works here.`
    expect(deviceNote('auto', session.device)).toBe(
      session.device === 'cpu' ? processor : `device: auto takes ${session.device}.`,
    )
    await session.release()
  })

  it('named otherwise is used or refused, with what to install', async () => {
    for (const { name, bundled } of others) {
      const opened = await createSession(model, { device: name }).catch((error: Error) => error)
      if (!(opened instanceof Error)) {
        expect(opened.device).toBe(name)
        await opened.release()
        continue
      }
      expect(opened).toMatchObject({ name: 'MisstepError', code: 'model' })
      expect(opened.message).toMatch(new RegExp(`^The device ${name} does not work here \\(.+\\)`))
      expect(opened.message).toContain('onnxruntime.ai/docs/execution-providers')
      expect(opened.message.includes('--onnxruntime-node-install')).toBe(!bundled)
    }
  })

  it('that does not exist here is refused with those that do', async () => {
    await expect(createSession(model, { device: 'abacus' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/no such device on .*: "abacus"\n {2}There are cpu, auto/),
    })
  })
})
