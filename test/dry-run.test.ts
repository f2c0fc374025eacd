import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type DryRunOptions, dryRun } from '../src/pipeline/dry-run/dry-run.ts'
import { readRecipe } from '../src/pipeline/read-recipe.ts'
import { ensureBuilt, misstep, root } from './misstep.ts'

const recipe = (name: string) => join(root, 'recipes', `${name}.yaml`)
const paper = recipe('step-llama2-7b')
const stageOf = (path: string, name: string, options: DryRunOptions = {}) =>
  dryRun(path, { threads: 2, ...options }).stages.find(stage => stage.name === name)!
const filesBelow = (folder: string) => readdirSync(folder, { recursive: true }).toSorted()

describe('a dry run', () => {
  it('names every stage with its files, of any recipe', () => {
    for (const name of ['quickstart', 'webshop-quickstart', 'step-smollm2', 'step-llama2-7b']) {
      const { stages } = dryRun(recipe(name))
      expect(stages.map(stage => stage.name)).toEqual(
        expect.arrayContaining(['play-golden', 'render-step', 'train-step', 'explore', 'evaluate-step', 'report']),
      )
      const made = new Set<string>()
      for (const { reads, writes } of stages) {
        for (const file of reads) expect(made).toContain(file)
        for (const file of writes) made.add(file)
      }
    }
  })

  it('reckons the time and the memory of the embedded engine', () => {
    const { student, total } = dryRun(recipe('quickstart'), { threads: 2 })
    expect(student).toMatchObject({ found: true, parameters: expect.any(Number) })
    const { training, memory, seconds } = stageOf(recipe('quickstart'), 'train-step')
    expect(training).toEqual({ steps: 300, tokens: 614_400 })
    expect(memory).toMatchObject({ of: 'machine' })
    // Six operations for each of 0.9 million parameters and token, at 30 GFLOP/s a thread.
    expect(seconds).toBeCloseTo((6 * student.parameters! * 614_400) / 60e9, 6)
    expect(total.trainedOn).toBe(4 * 614_400)
  })

  it('knows the memory of moments in bfloat16, and of adapters', () => {
    const folder = mkdtempSync(join(tmpdir(), 'misstep-dry-'))
    const changed = join(folder, 'changed.yaml')
    const bytesWith = (key: string) => {
      writeFileSync(
        changed,
        readFileSync(recipe('quickstart'), 'utf8').replace('  steps: 300 ', `  ${key}\n  steps: 300 `),
      )
      return stageOf(changed, 'train-step').memory!.bytes
    }
    const { parameters } = dryRun(recipe('quickstart')).student
    expect(bytesWith('states: float32') - bytesWith('states: bfloat16')).toBe(4 * parameters!)
    expect(bytesWith('adapters: { rank: 4 }')).toBeLessThan(bytesWith('states: float32'))
    rmSync(folder, { recursive: true })
  })

  it('has the command of TRL on one node, and its files', () => {
    const { commands, files, training } = stageOf(paper, 'train-step')
    expect(commands!.map(({ what, node }) => [what, node])).toEqual([['train', undefined]])
    expect(commands![0]!.command.slice(1, 3)).toEqual(['-m', 'accelerate.commands.launch'])
    const sft = parse(files!['checkpoints/step.state/sft.yaml']!)
    expect(sft).toMatchObject({ bf16: true, max_steps: 165, per_device_train_batch_size: 2 })
    expect(parse(files!['checkpoints/step.state/accelerate.yaml']!)).toMatchObject({ num_processes: 8 })
    expect(training!.rowsPerStep).toBe(8 * sft.per_device_train_batch_size * sft.gradient_accumulation_steps)
  })

  it('has the command of each of several nodes, and a share of the time', () => {
    const one = stageOf(paper, 'train-step')
    const four = stageOf(paper, 'train-step', { variants: ['four-nodes'] })
    expect(four.commands![0]!.command.slice(0, 3)).toEqual(['srun', '--nodes=4', '--ntasks-per-node=1'])
    const nodes = four.commands!.slice(1)
    expect(nodes.map(({ node }) => node)).toEqual([0, 1, 2, 3])
    for (const { node, command } of nodes) expect(command.join(' ')).toContain(`--machine_rank ${node} `)
    expect(four.seconds).toBeCloseTo(one.seconds! / 4, 6)
    expect(four.memory!.bytes).toBeLessThan(one.memory!.bytes)
  })

  it('has the memory that is known of training seven billion parameters on eight GPUs', () => {
    const gigabytes = (options = {}) => stageOf(paper, 'train-base', options).memory!.bytes / 1e9
    // Sixteen bytes for each parameter, of which each of eight GPUs holds an eighth: 14 GB, and what a batch needs.
    expect(gigabytes()).toBeGreaterThan(14)
    expect(gigabytes()).toBeLessThan(40)
    expect(gigabytes({ variants: ['lora'] })).toBeLessThan(gigabytes())
    expect(stageOf(paper, 'train-base', { variants: ['lora'] }).commands!.map(({ what }) => what)).toEqual([
      'train',
      'merge',
    ])
  })

  it('takes a faster GPU for faster', () => {
    const seconds = (gpu: 'a100' | 'h100') => stageOf(paper, 'train-base', { gpu }).seconds!
    expect(seconds('a100') / seconds('h100')).toBeCloseTo(989 / 312, 6)
  })

  it('counts what endpoints are asked, and what that costs', () => {
    const { total } = dryRun(paper)
    expect(total.endpoints).toMatchObject([{ role: 'teacher', model: 'Qwen/Qwen1.5-110B-Chat', requests: 1777 * 25 }])
    expect(dryRun(recipe('quickstart')).total.endpoints).toEqual([])
    const folder = mkdtempSync(join(tmpdir(), 'misstep-dry-'))
    const priced = join(folder, 'priced.yaml')
    writeFileSync(priced, readFileSync(paper, 'utf8').replace('contextLength: 32768', 'price: { in: 1, out: 10 }'))
    const [teacher] = dryRun(priced).total.endpoints
    expect(teacher!.cost).toBeCloseTo((teacher!.tokensIn + 10 * teacher!.tokensOut) / 1e6, 9)
    rmSync(folder, { recursive: true })
  })

  it('refuses what the run would refuse', () => {
    expect(() => dryRun(recipe('step-smollm2'), { variants: ['small'] })).toThrow(/no such variant/)
    const folder = mkdtempSync(join(tmpdir(), 'misstep-dry-'))
    const changed = join(folder, 'changed.yaml')
    const change = (from: string, to: string) =>
      writeFileSync(changed, readFileSync(recipe('quickstart'), 'utf8').replace(from, to))
    change('name: households', 'name: hauseholds')
    expect(() => dryRun(changed)).toThrow(/no such environment/)
    change('name: households ', 'rooms: 3\n  name: households ')
    expect(() => dryRun(changed)).toThrow(/options of environment households are wrong/)
    rmSync(folder, { recursive: true })
  })
})

describe('misstep run --dry-run', () => {
  let folder: string
  beforeAll(() => {
    ensureBuilt()
    folder = mkdtempSync(join(tmpdir(), 'misstep-dry-'))
    mkdirSync(join(folder, 'models/llama-2-7b-chat-hf'), { recursive: true })
    copyFileSync(paper, join(folder, 'recipe.yaml'))
    const config = { model_type: 'llama', vocab_size: 32000, hidden_size: 4096, num_hidden_layers: 32 }
    const rest = { num_attention_heads: 32, intermediate_size: 11008, max_position_embeddings: 4096 }
    writeFileSync(join(folder, 'models/llama-2-7b-chat-hf/config.json'), JSON.stringify({ ...config, ...rest }))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** No such Python could be started. */
  const run = (...args: string[]) =>
    misstep(['run', 'recipe.yaml', '--dry-run', '--threads', '2', ...args], {
      folder,
      environment: { MISSTEP_PYTHON: '/no/such/python', NO_COLOR: '1' },
    })

  it('prints commands, files, memory, time and what it assumed, the same each time, and writes nothing', async () => {
    const before = filesBelow(folder)
    const { code, stdout, stderr } = await run('--with', 'webshop', '--with', 'four-nodes')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(
      'step-llama2-7b-webshop in webshop; student models/llama-2-7b-chat-hf (6,738,415,616 parameters)',
    )
    expect(stdout).toMatch(
      /^\[ 4\/17\] train-base: 85 steps of \d+ rows, 5,570,560 tokens; up to \d+ GB of 80 GB of memory for each GPU; about \d+ min/m,
    )
    expect(stdout).toMatch(/^ {4}node 3 +\$ \/no\/such\/python -m accelerate.commands.launch .* --machine_rank 3 /m)
    expect(stdout).toMatch(
      /^ {4}serve +\$ vllm serve \S+\/checkpoints\/base --served-model-name base --host 127\.0\.0\.1/m,
    )
    expect(stdout).toMatch(/^ {4}max_length: 4096$/m)
    expect(stdout).toMatch(/^teacher Qwen\/Qwen1.5-110B-Chat at \S+: [\d,]+ requests, [\d,]+ tokens in, [\d,]+ out$/m)
    expect(stdout).toMatch(/^- 4 nodes with 8 GPUs each \(A100 80 GB, 312 TFLOP\/s\): training reaches 40% of that/m)
    expect((await run('--with', 'webshop', '--with', 'four-nodes')).stdout).toBe(stdout)
    expect(filesBelow(folder)).toEqual(before)
  })

  it('prints the same as JSON', async () => {
    const { code, stdout } = await run('--json', '--gpu', 'h200')
    expect(code).toBe(0)
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({
      recipe: 'step-llama2-7b-alfworld',
      student: { found: true, parameters: 6_738_415_616 },
      hardware: { gpu: 'h200', gpus: 8, nodes: 1 },
    })
    expect(plan.stages.every(({ state }: { state: string }) => state === 'to do')).toBe(true)
  })

  it('says which stages a run has behind it', async () => {
    const stages = { 'play-golden': { state: 'complete', inputs: {}, outputs: {}, counts: {} } }
    const { recipe } = readRecipe(paper, {})
    const manifest = { format: 1, name: 'step-llama2-7b-alfworld', recipe, versions: {}, stages }
    mkdirSync(join(folder, 'runs/step-llama2-7b-alfworld'), { recursive: true })
    writeFileSync(join(folder, 'runs/step-llama2-7b-alfworld/manifest.json'), JSON.stringify(manifest))
    expect((await run()).stdout).toMatch(/^\[ 1\/17\] play-golden \(complete\): /m)
    expect((await run('--fresh')).stdout).toMatch(/^\[ 1\/17\] play-golden: /m)
    const other = await run('--seed', '2', '--name', 'step-llama2-7b-alfworld')
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('seed was 1 and is 2')])
  })

  it('is what GPUs are named for', async () => {
    const { code, stderr } = await misstep(['run', 'recipe.yaml', '--gpu', 'h100'], { folder })
    expect([code, stderr]).toEqual([2, expect.stringContaining('--gpu is for --dry-run only')])
  })
})
