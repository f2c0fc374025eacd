/**
 * `misstep convert`: a checkpoint from one form into another.
 * @module
 */
import { type Command, Option } from 'commander'
import { examples, inputPath } from '../options.ts'

interface ConvertFlags {
  to: string
  type?: 'f32' | 'f16'
  force?: true
}

export function addConvertCommand(program: Command): void {
  program
    .command('convert')
    .description(
      'bring a checkpoint of Llama architecture into another form: a folder or GGUF to a folder, GGUF or ONNX',
    )
    .argument('<checkpoint>', 'a GGUF file, or a Hugging Face folder', inputPath())
    .requiredOption('--to <place>', 'the folder to write; or, where it ends in .gguf or .onnx, the file')
    .addOption(new Option('--type <type>', 'of the matrices in a GGUF file (default: f32)').choices(['f32', 'f16']))
    .option('--force', 'replace what is in that place, whatever it is')
    .addHelpText(
      'after',
      examples(
        'misstep convert SmolLM2-135M-Instruct.Q4_1.gguf --to students/smollm2',
        'misstep convert runs/quickstart/checkpoints/step --to student.gguf --type f16',
        'misstep convert runs/quickstart/checkpoints/step --to onnx/model.onnx',
      ),
    )
    .action(async (from: string, { to, type, force }: ConvertFlags) => {
      const { convertCheckpoint } = await import('../../checkpoint/index.ts')
      await convertCheckpoint({ from, to, ...(type && { type }), ...(force && { force }) })
      console.log(`Written to ${to}`)
    })
}
