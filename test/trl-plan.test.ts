import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createTrlEngine, planTrl, type TrlMachine, type TrlOptions, trlOptionsSchema } from '../src/train/index.ts'
import { explainFailure } from '../src/train/trl/explain-failure.ts'
import { missingPackages } from '../src/train/trl/machine.ts'
import { runChild } from '../src/train/trl/run-child.ts'
import { eventsUpTo, newestState } from '../src/train/trl/saved-states.ts'
import { MESSAGE_MARK, SAVED_FILE } from '../src/train/trl/train-script.ts'
import { compiledSource } from './compiled-sources.ts'

const packages = {
  torch: '2.13.0',
  trl: '1.16.0',
  transformers: '5.0.0',
  accelerate: '1.1.0',
  datasets: '5.0.0',
  peft: null,
}
const gpus = (count: number) => Array.from({ length: count }, () => ({ name: 'a GPU', bytes: 80e9 }))
const machine = (count: number): TrlMachine => ({ python: '3.12.1', packages, gpus: gpus(count), bf16: count > 0 })

function plan(trl: TrlOptions, gpus = 0, more = {}) {
  const made = planTrl({
    trl: trlOptionsSchema.parse(trl),
    train: {
      from: '/models/base',
      to: '/runs/a/checkpoints/step',
      steps: 100,
      batchTokens: 64_000,
      learningRate: 1e-5,
      warmUp: 0.05,
      weightDecay: 0.1,
      clipNorm: 1,
      seed: 3,
      saveEvery: 10,
    },
    machine: machine(gpus),
    python: '/opt/python',
    rows: { rows: 1000, tokens: 1_000_000, longest: 1900 },
    folder: '/runs/a/checkpoints/step.state',
    ...more,
  })
  const accelerate = made.files['accelerate.yaml']
  return { ...made, sft: parse(made.files['sft.yaml']!), accelerate: accelerate && parse(accelerate) }
}

describe('a plan for TRL', () => {
  it('reads about as many tokens a step as are asked for, on any number of processes, and cuts no row', () => {
    for (const [trl, gpus] of [
      [{}, 0],
      [{}, 1],
      [{ rowsAtOnce: 4 }, 8],
      [{ processes: 2 }, 4],
    ] as const) {
      const { rowsPerStep, sft, layout } = plan(trl, gpus)
      expect(rowsPerStep).toBe(64)
      const { per_device_train_batch_size: atOnce, gradient_accumulation_steps: accumulated } = sft
      expect(atOnce * accumulated * layout.processes).toBe(64)
      expect(sft.max_length).toBe(1900)
    }
    expect(() => plan({ maxLength: 1024 })).toThrow(/would cut it/)
  })

  it('starts one process directly, several with GPUs by accelerate, several without by torchrun', () => {
    expect(plan({}, 1).command).toEqual([
      '/opt/python',
      '/runs/a/checkpoints/step.state/train.py',
      '--config',
      '/runs/a/checkpoints/step.state/sft.yaml',
    ])
    expect(plan({}, 8).command.join(' ')).toContain('accelerate.commands.launch --config_file')
    expect(plan({ processes: 2 }, 0).command.join(' ')).toContain(
      'torch.distributed.run --nproc-per-node 2 --standalone',
    )
  })

  it('shards by FSDP2 or DeepSpeed, with all weights in a saved checkpoint', () => {
    expect(plan({ sharding: 'fsdp2' }, 8).accelerate).toMatchObject({
      distributed_type: 'FSDP',
      num_processes: 8,
      mixed_precision: 'bf16',
      fsdp_config: { fsdp_version: 2, fsdp_state_dict_type: 'FULL_STATE_DICT' },
    })
    expect(plan({ sharding: 'zero3' }, 8).accelerate).toMatchObject({
      distributed_type: 'DEEPSPEED',
      deepspeed_config: { zero_stage: 3, zero3_save_16bit_model: true },
    })
    expect(plan({}, 8).accelerate.distributed_type).toBe('MULTI_GPU')
    expect(plan({}, 1).accelerate).toBeUndefined()
  })

  it('starts one command a node, which takes the number of its node from the launcher', () => {
    const nodes = {
      count: 4,
      address: 'node-1',
      launcher: ['sh', '-c', 'for i in 0 1; do RANK_OF_NODE=$i "$@"; done', 'sh'],
    }
    const made = plan({ sharding: 'fsdp2', nodes: { ...nodes, rankVariable: 'RANK_OF_NODE' } }, 8)
    expect(made.accelerate).toMatchObject({ num_machines: 4, num_processes: 32, main_process_ip: 'node-1' })
    // A stand-in for Python shows what each node would run.
    const command = made.command.map(part => (part === '/opt/python' ? 'echo' : part))
    const { stdout } = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' })
    const tail = '/runs/a/checkpoints/step.state/train.py --config /runs/a/checkpoints/step.state/sft.yaml'
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBe(2)
    for (const [rank, line] of lines.entries()) expect(line).toMatch(new RegExp(`--machine_rank ${rank} ${tail}$`))
  })

  it('says of options that do not fit what to do', () => {
    expect(() => plan({ processes: 4 }, 2)).toThrow(/fewer GPUs/)
    expect(() => plan({ sharding: 'zero2' }, 0)).toThrow(/needs a GPU/)
    expect(() => plan({ packing: true }, 1)).toThrow(/flash attention/)
    expect(() => plan({ sharding: 'none' }, 2)).toThrow(/share the model/)
    expect(() => plan({ config: { max_length: 10 } })).toThrow(/set by the engine/)
    expect(plan({ config: { optim: 'adafactor' } }).sft.optim).toBe('adafactor')
    expect(() => createTrlEngine({ method: 'half' as never })).toThrow(/options of TRL/)
  })

  it('knows what a Python lacks', () => {
    expect(missingPackages(machine(0))).toEqual([])
    expect(missingPackages(machine(0), ['peft'])).toEqual(['peft'])
    expect(missingPackages({ ...machine(0), packages: { ...packages, trl: '1.8.3', torch: null } })).toEqual([
      'torch',
      'trl>=1.9.0',
    ])
  })
})

describe('the failure of a training', () => {
  const end = (output: string, more = {}) => explainFailure({ code: 1, signal: null, output, ...more }, 'output.log')

  it.each([
    [
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
      /GPU has too little memory/,
      /rowsAtOnce/,
    ],
    ["ModuleNotFoundError: No module named 'peft.tuners'", /cannot be loaded: peft/, /pip install peft /],
    ['FloatingPointError: misstep: loss nan, gradient norm nan at step 7', /finite number at step 7/, /learning rate/],
    ['RuntimeError: The server socket has failed to listen: EADDRINUSE', /port .* is taken/, /nodes.port/],
    ['RuntimeError: No CUDA GPUs are available', /no GPU/, /float32/],
    ["ValueError: Your setup doesn't support bf16/gpu.", /no GPU/, /float32/],
    ['ValueError: Some specified arguments are not used by the TrlParser: [--colour]', /\[--colour\]/, /trl.config/],
    ['OSError: [Errno 28] No space left on device', /disk is full/, /Make room/],
    ['Traceback\nKeyError: 3', /failed with exit code 1.*KeyError: 3/, /output.log/],
  ])('is told in words: %s', (output, what, advice) => {
    expect(end(output).message).toMatch(what)
    expect(end(output).advice).toMatch(advice)
    expect(end(output).code).toBe('train')
  })

  it('names the cause, not what it brought about in the other processes', () => {
    const output = 'torch.OutOfMemoryError: CUDA out of memory\nRuntimeError: Connection closed by peer\nexitcode : -9'
    expect(end(output).message).toMatch(/GPU has too little memory/)
    expect(end('', { code: null, signal: 'SIGKILL' }).message).toMatch(/want of memory/)
    expect(end('', { code: null, signal: 'SIGTERM' }).message).toMatch(/from outside/)
  })
})

const isAlive = (pid: number): boolean =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout)

describe('the child of a training', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'misstep-child-'))
  const tell = (message: object) => `console.log(${JSON.stringify(MESSAGE_MARK + JSON.stringify(message))})`
  const start = (code: string, options = {}) =>
    runChild({ command: [process.execPath, '-e', code], environment: {}, folder: folder(), ...options })

  it('is heard line by line, and its other words are kept in a log', async () => {
    const into = folder()
    const child = start(`console.log('loading'); ${tell({ step: 1 })}; console.error('the end'); process.exit(3)`, {
      folder: into,
    })
    expect((await child.next()).value).toEqual({ step: 1 })
    const { done, value } = await child.next()
    expect([done, value]).toMatchObject([true, { code: 3, output: expect.stringContaining('the end') }])
    expect(readFileSync(join(into, 'output.log'), 'utf8')).toContain('loading')
  })

  it('is ended, with the children of its own, by whoever stops listening', async () => {
    const code = `
      const { spawn } = require('node:child_process')
      const own = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      console.log(${JSON.stringify(MESSAGE_MARK)} + JSON.stringify({ pids: [process.pid, own.pid] }))
      setInterval(() => {}, 1000)`
    const child = start(code)
    const { pids } = (await child.next()).value as { pids: number[] }
    await child.return({ code: null, signal: null, output: '' })
    await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([])
  })

  it('does not outlive us, even if we are killed', async () => {
    const orphan = `process.stdin.on('end', () => process.exit()).resume(); ${tell({ step: 1 })}`
    const code = `
      const { runChild } = await import(${JSON.stringify(compiledSource('train/trl/run-child.ts'))})
      const [orphan, folder] = process.argv.slice(1)
      const child = runChild({ command: [process.execPath, '-e', orphan], environment: {}, folder })
      await child.next()
      console.log(process.pid)
      await child.next()`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, orphan, folder()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(parent.stdout, 'data')
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' })
    const pid = Number(stdout.trim())
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })

  it('is a failure in words where there is no such program', async () => {
    const child = runChild({ command: ['/no/such/python'], environment: {}, folder: folder() })
    const { value } = await child.next()
    expect(explainFailure(value as never, 'log').message).toMatch(/cannot be started/)
  })

  it('is asked to save before it is ended', async () => {
    const into = folder()
    const controller = new AbortController()
    const code = `
      const { existsSync } = require('node:fs')
      ${tell({ step: 1 })}
      setInterval(() => { if (existsSync(${JSON.stringify(join(into, 'stop'))})) { ${tell({ stopped: 1 })}; process.exit(75) } }, 20)`
    const child = start(code, { folder: into, signal: controller.signal })
    await child.next()
    controller.abort()
    expect((await child.next()).value).toEqual({ stopped: 1 })
    expect((await child.next()).value).toMatchObject({ code: 75 })
  })
})

const event = (step: number) => ({
  ...{ step, steps: 4, loss: 1.5, learningRate: 1e-5, gradientNorm: 1 },
  ...{ tokens: 10 * step, trainedTokens: 5 * step },
})

describe.skipIf(process.platform === 'win32')('the engine', () => {
  /** A stand-in for Python with TRL: it has all packages, trains in no time, and merges for ever. */
  function python(folder: string, told: object): string {
    const path = join(folder, 'python')
    const has = { python: '3.12.1', packages: { ...packages, peft: '1.0.0' }, gpus: [], bf16: false }
    const code = `#!${process.execPath}
      const { mkdirSync, writeFileSync } = require('node:fs')
      const state = process.env.MISSTEP_STATE
      if (process.argv[2] === '-c') console.log(${JSON.stringify(JSON.stringify(has))})
      else if (process.argv.includes('merge')) {
        writeFileSync(state + '/merging', '')
        setInterval(() => {}, 1000)
      } else {
        mkdirSync(state + '/output', { recursive: true })
        writeFileSync(state + '/output/adapter_model.safetensors', '')
        console.log(${JSON.stringify(MESSAGE_MARK + JSON.stringify(told))})
      }`
    writeFileSync(path, code, { mode: 0o755 })
    return path
  }

  function train(told: object) {
    const folder = mkdtempSync(join(tmpdir(), 'misstep-engine-'))
    mkdirSync(join(folder, 'base'))
    writeFileSync(join(folder, 'base', 'config.json'), '{}')
    const controller = new AbortController()
    const example = { id: 'a', trajectory: 'a', input_ids: [1, 2, 3], labels: [-100, 2, 3] }
    const engine = createTrlEngine({ python: python(folder, told), method: 'lora' })
    const events = engine.train([example as never], {
      ...{ from: join(folder, 'base'), to: join(folder, 'to'), steps: 4, batchTokens: 3, learningRate: 1e-5 },
      ...{ warmUp: 0, weightDecay: 0, clipNorm: 1, seed: 1, saveEvery: 4, signal: controller.signal },
    })
    const isMerging = () => existsSync(join(folder, 'to.state', 'merging'))
    return { events, controller, isMerging }
  }

  it('is interrupted, not broken, by a stop while it merges the adapter', async () => {
    const { events, controller, isMerging } = train(event(4))
    const heard: unknown[] = []
    const timer = setInterval(() => isMerging() && controller.abort(), 20)
    const ended = async () => {
      for await (const told of events) heard.push(told)
    }
    await expect(ended()).rejects.toMatchObject({ code: 'interrupted', message: expect.stringMatching(/merged/) })
    clearInterval(timer)
    expect(heard).toEqual([event(4)])
  })

  it('passes on no step that it does not understand', async () => {
    const { events } = train({ step: 4, loss: 'low' })
    const ended = async () => {
      for await (const _ of events);
    }
    await expect(ended()).rejects.toMatchObject({
      code: 'train',
      message: expect.stringMatching(/other words[\s\S]*loss/),
    })
  })
})

describe('saved states', () => {
  it('are gone on from only where they are whole, the newest first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'misstep-states-'))
    expect(newestState(folder)).toBeUndefined()
    for (const [step, text] of [
      [9, '{"step":9}'],
      [10, '{"step":10}'],
      [20, '{"ste'],
      [30, undefined],
    ] as const) {
      const path = join(folder, 'output', `checkpoint-${step}`)
      mkdirSync(path, { recursive: true })
      if (text) writeFileSync(join(path, SAVED_FILE), text)
    }
    expect(newestState(folder)).toEqual({ path: join(folder, 'output', 'checkpoint-10'), step: 10 })
    // Told twice after an earlier resume, and cut off in the end.
    const lines = [1, 2, 3, 2, 3].map(step => `${JSON.stringify(event(step))}\n`)
    writeFileSync(join(folder, 'events.jsonl'), `${lines.join('')}{"step":1}\nnull\n{"step":`)
    expect(eventsUpTo(folder, 2)).toEqual([event(1), event(2)])
  })
})
