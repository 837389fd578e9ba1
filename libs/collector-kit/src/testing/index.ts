/** Parts with which collectors are tested: a clock in the test's hand, and what was written and logged, kept. */
export { KeptLogger } from './kept-logger.js';
export { ManualClock } from './manual-clock.js';
export { measurementsOn } from './measurements-on.js';
export { RecordingWriter } from './recording-writer.js';
export type { PublishedPass } from './recording-writer.js';
export { quickPass, replayFamily } from './replay-family.js';
export type { PassToReplay, ReplayedPass } from './replay-family.js';
