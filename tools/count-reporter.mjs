// A Vitest reporter that counts, and names what was skipped, with the note of `context.skip('…')`, and what passed only at its second
// try, for the end of `npm test`.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0, notes: [], unsteady: [] };
    for (const module of modules) {
      // A file that could not even be loaded has no tests; it counts as one that failed.
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'skipped')
          counts.notes.push(`${module.relativeModuleId} > ${test.fullName}${note ? `: ${note}` : ''}`);
        if (test.diagnostic()?.flaky) counts.unsteady.push(`${module.relativeModuleId} > ${test.fullName}`);
        counts[state === 'pending' ? 'failed' : state]++;
      }
    }
    counts.failed += unhandledErrors.length;
    writeFileSync(process.env.OMNINODE_TEST_COUNTS, JSON.stringify(counts));
  }
}
