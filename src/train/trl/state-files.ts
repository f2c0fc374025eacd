/**
 * What lies in the folder of a training that is under way.
 * @module
 */

export const ROWS_FILE = 'train.jsonl'
export const CONFIG_FILE = 'sft.yaml'
export const SCRIPT_FILE = 'train.py'
export const ACCELERATE_FILE = 'accelerate.yaml'
/** What the child printed. */
export const LOG_FILE = 'output.log'
/** Names the start, the rows and the settings: another training does not go on from it. */
export const RUN_FILE = 'run.json'
/** TRL's own folder. */
export const OUTPUT_FOLDER = 'output'
/** Where an adapter becomes part of the weights. */
export const MERGED_FOLDER = 'merged'
