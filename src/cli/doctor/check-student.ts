/**
 * Checks that training can run: the kernels, and the base students that come with the package.
 * @module
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, firstLineOf } from './check.ts'

const STUDENTS = fileURLToPath(new URL('../../../students', import.meta.url))

/** Adds two numbers in ONNX Runtime: it is loaded, and it computes. */
export async function checkRuntime(): Promise<Check[]> {
  const check = { name: 'ONNX Runtime', needed: true }
  try {
    const { createGraph } = await import('../../onnx/graph.ts')
    const { createSession, floats } = await import('../../onnx/session.ts')
    const graph = createGraph()
    const x = graph.input('x', 'float32', [1])
    graph.output(graph.operator('Add', [x, x]), 'y')
    const session = await createSession(graph.toModel(), { threads: 1 })
    const { y } = await session.run({ x: floats([21], [1]) })
    await session.release()
    const sum = Number(y?.data[0])
    return [{ ...check, ok: sum === 42, found: sum === 42 ? 'loads and computes' : `21 + 21 gave ${sum}` }]
  } catch (error) {
    const advice = 'Install again with npm ci. There are libraries for Linux, macOS and Windows on x64 and arm64.'
    return [{ ...check, ok: false, found: `does not load: ${firstLineOf(error)}`, advice }]
  }
}

/** Reads each student whole: weights, shapes, tokenizer, chat template. */
export async function checkStudents(): Promise<Check[]> {
  const names = await readdir(STUDENTS, { withFileTypes: true }).catch(() => [])
  const folders = names.filter(entry => entry.isDirectory()).map(entry => entry.name)
  const advice = 'It comes with the package: install or check out again.'
  if (folders.length === 0) {
    return [{ name: 'base student', ok: false, needed: true, found: `none in ${STUDENTS}`, advice }]
  }
  const { loadCheckpoint } = await import('../../checkpoint/index.ts')
  const { loadChatFormat } = await import('../../render/index.ts')
  return Promise.all(
    folders.map(async name => {
      const check = { name: `base student ${name}`, needed: true }
      try {
        const { tensors, sha256 } = await loadCheckpoint(join(STUDENTS, name))
        await loadChatFormat(join(STUDENTS, name))
        let parameters = 0
        for (const tensor of tensors.values()) parameters += tensor.data.length
        const found = `${(parameters / 1e6).toFixed(2)} M parameters, sha256 ${sha256.slice(0, 12)}`
        return { ...check, ok: true, found }
      } catch (error) {
        return { ...check, ok: false, found: firstLineOf(error), advice }
      }
    }),
  )
}
