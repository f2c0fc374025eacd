/**
 * The embedded engine on the batch that it reads from a folder: our side of `npm run bench -- train`, as train-torch.py is the
 * other. Reads <folder>/job.json; prints one JSON object: losses, gradient norms, seconds (by the clock, and of processor
 * time) of each step, and the most memory.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTrainer } from '../dist/train/embedded/create-trainer.js'
import { initialTensors } from '../dist/train/embedded/initialise.js'

const { config, rows, steps, options } = JSON.parse(readFileSync(join(process.argv[2], 'job.json'), 'utf8'))
const trainer = createTrainer({ config, tensors: initialTensors(config, 1) }, options)
globalThis.gc?.()
const result = { losses: [], gradientNorms: [], seconds: [], processorSeconds: [] }
for (let step = 0; step < steps; step++) {
  const [start, used] = [performance.now(), process.cpuUsage()]
  const { loss, gradientNorm } = await trainer.train(rows)
  result.seconds.push((performance.now() - start) / 1000)
  const { user, system } = process.cpuUsage(used)
  result.processorSeconds.push((user + system) / 1e6)
  result.losses.push(loss)
  result.gradientNorms.push(gradientNorm)
}
await trainer.close()
console.log(JSON.stringify({ ...result, peakBytes: process.resourceUsage().maxRSS * 1024 }))
