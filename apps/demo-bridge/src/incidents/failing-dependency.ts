import type { ClassifierState } from '../classifier/classifier-state.js';
import { pause } from '../pause.js';
import type { Incident } from './incident.js';

export function failingDependency(classifier: ClassifierState, lastsMs: number): Incident {
  return {
    name: 'dependency',
    sentence: 'The classifier answers every request with an error: its breaker opens.',
    async happen(signal) {
      classifier.isFailing = true;
      await pause(lastsMs, signal);
      classifier.isFailing = false;
    },
  };
}
