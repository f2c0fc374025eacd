/**
 * `misstep shop`: the shop of WebShop in the browser.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { examples, inputPath, wholeNumber } from '../options.ts'
import type { ShopFlags } from '../serve-shop.ts'

export function addShopCommand(program: Command): void {
  program
    .command('shop')
    .description('open the shop of WebShop in the browser, on this machine only')
    .option(
      '--catalogue <folder>',
      "the folder of the original's data, or the path of its items (default: a made-up shop)",
      inputPath(),
    )
    .addOption(
      new Option('--goals <kind>', 'made up from the products, or asked by people')
        .choices(['synthetic', 'human'])
        .default('synthetic'),
    )
    .option('--goal <number>', 'this very goal, counted from 0 (default: one by chance)', wholeNumber())
    .option('--port <number>', 'where it listens; 0: any that is free', portNumber, 3000)
    .option('--images', "show the products' pictures, which are loaded from the hosts that the data names")
    .option('--attributes', 'product pages also have the button Attributes')
    .option('--log <folder>', 'keep what is done in each session in a file of this folder, one JSON object a line')
    .addHelpText(
      'after',
      examples(
        'misstep shop',
        'misstep shop --goal 12 --log user_session_logs',
        'misstep shop --catalogue ~/webshop/data --goals human --images --port 8080',
      ),
    )
    .action(async (flags: ShopFlags) => {
      const { serveShop } = await import('../serve-shop.ts')
      await serveShop(flags)
    })
}

function portNumber(text: string): number {
  const port = wholeNumber()(text)
  if (port <= 65_535) return port
  throw new InvalidArgumentError('Ports have numbers up to 65535.')
}
