/**
 * What the figures of a dry run rest on, in sentences.
 * @module
 */
import { counted } from '../../evaluate/format.ts'
import { CHARACTERS_OF_TOKEN, CORE, episodeSize, GPU_SHARE, GPUS, TEACHER_ANSWER } from './assumptions.ts'
import type { DryContext } from './describe-stage.ts'

/** @param found whether the student's folder is here */
export function listAssumptions({ recipe, shape, hardware }: DryContext, found: boolean): string[] {
  const { gpu, gpus, nodes, threads } = hardware
  const { goldenSteps, studentSteps, opening, written, observed } = episodeSize(recipe)
  const { engine, trl } = recipe.train
  const isOnGpu = gpu !== undefined
  return [
    ...(found ? [] : [absent(recipe.student, shape !== undefined)]),
    isOnGpu
      ? `${counted(nodes, 'node')} with ${counted(gpus, 'GPU')} each (${GPUS[gpu].about}, ${GPUS[gpu][hardware.bf16 ? 'bf16' : 'float32']} TFLOP/s): training reaches ${100 * GPU_SHARE.training}% of that, playing ${100 * GPU_SHARE.playing}%.`
      : `${counted(threads, 'thread')} of a processor: ${CORE.training} GFLOP/s each in training, ${CORE.playing} in playing.`,
    `Training takes 6 operations for each parameter and token${trl?.gradientCheckpointing ? ', 2 more with gradient checkpointing' : ''}${trl?.method === 'lora' ? ', 2 fewer with LoRA' : ''}; playing takes 2.`,
    ...(engine === 'trl' && shape
      ? [`Memory is that of rows as long as can be: ${Math.min(shape.contextLength, recipe.train.batchTokens)} tokens.`]
      : []),
    `An episode begins with ${opening} characters; a step has ${written} written and ${observed} observed; an expert makes ${goldenSteps} steps, a student ${studentSteps}; ${CHARACTERS_OF_TOKEN} characters are a token.`,
    'Every trajectory is kept, and no task is missing: the data of the environment are not looked at.',
    ...(recipe.reflect.teacher === 'oracle' && typeof recipe.reflect.agent === 'string'
      ? []
      : [
          `A model behind an endpoint is asked once a step, takes ${TEACHER_ANSWER.seconds} s, and a teacher writes ${TEACHER_ANSWER.tokens} tokens.`,
        ]),
    'The time of the environment itself, of loading models and of saving is not counted.',
  ]
}

function absent(student: string, isGuessed: boolean): string {
  const folder = `The student ${student} is not here`
  return isGuessed
    ? `${folder}: its size is taken from its name, its proportions are those usual for a Llama.`
    : `${folder}, and its name tells no size: memory and time are left out.`
}
