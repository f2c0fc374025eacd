/**
 * The configuration of `trl sft`, line by line.
 * @module
 */
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import type { PlanOptions } from './plan-options.ts'
import { OUTPUT_FOLDER, ROWS_FILE } from './state-files.ts'

interface ConfigOptions extends PlanOptions {
  layout: Layout
  maxLength: number
  accumulation: number
}

/**
 * What TRL is told. Where the embedded engine has a habit of its own (betas, cosine to a tenth, loss over all trained
 * tokens of a step), TRL is told to do the same. Names as in TRL 1.9 to 1.16.
 */
export function sftConfig({ trl, train, layout, folder, maxLength, accumulation, resume }: ConfigOptions) {
  const world = layout.processes * layout.nodes
  return {
    model_name_or_path: train.from,
    datasets: [{ path: 'json', data_files: join(folder, ROWS_FILE) }],
    output_dir: join(folder, OUTPUT_FOLDER),
    dtype: 'float32',
    ...(trl.attention && { attn_implementation: trl.attention }),
    ...(trl.method === 'lora' && {
      use_peft: true,
      lora_r: trl.lora.rank,
      lora_alpha: trl.lora.alpha,
      lora_dropout: trl.lora.dropout,
      lora_target_modules: trl.lora.targets,
    }),
    // Its default of 1024 would cut rows without a word.
    max_length: maxLength,
    packing: trl.packing,
    max_steps: train.steps,
    per_device_train_batch_size: trl.rowsAtOnce,
    gradient_accumulation_steps: accumulation,
    gradient_checkpointing: trl.gradientCheckpointing,
    learning_rate: train.learningRate,
    lr_scheduler_type: 'cosine_with_min_lr',
    lr_scheduler_kwargs: { min_lr_rate: 0.1 },
    warmup_steps: Math.round(train.steps * train.warmUp),
    weight_decay: train.weightDecay,
    adam_beta1: 0.9,
    adam_beta2: 0.95,
    max_grad_norm: train.clipNorm,
    seed: train.seed,
    data_seed: train.seed,
    bf16: layout.bf16,
    use_cpu: !layout.onGpu,
    // Else the last batch of an epoch is filled up with rows that were read already.
    dataloader_drop_last: world > 1,
    ...(world > 1 && !layout.onGpu && { ddp_backend: 'gloo' }),
    // Nothing checkpoints a model whose forward pass is not the same each time.
    ...(world > 1 && layout.sharding === 'ddp' && { ddp_find_unused_parameters: false }),
    logging_steps: 1,
    // True by default: a loss that is no number would be told as the mean of those before it.
    logging_nan_inf_filter: false,
    disable_tqdm: true,
    report_to: 'none',
    save_strategy: 'steps',
    save_steps: train.saveEvery,
    save_total_limit: 2,
    ...(resume !== undefined && { resume_from_checkpoint: resume }),
  }
}
