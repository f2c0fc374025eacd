/**
 * Trajectories that others have published, as ours.
 * @module
 */
export { type Imported, type ImportOptions, importRecordings } from './import-recordings.ts'
export { recordedWith } from './recorded-with.ts'
export { type Dropped, FORMATS, REASONS, type Reason, type RecordingFormat } from './recording.ts'
export { AS_RECORDED } from './replay-recording.ts'
