// Runs checks one after another, says what each saw, and counts.
const progressEveryMs = 10_000;

/** The results, one for each check: `{ name, state, seconds, note }`. The signal of the scene ends it early. */
export async function runChecks(checks, scene) {
  const results = [];
  let whyNot;
  for (const check of checks) {
    if (scene.signal.aborted) whyNot = scene.signal.reason.message;
    const result = whyNot
      ? { name: check.name, state: 'skipped', seconds: 0, note: whyNot }
      : await runCheck(check, scene);
    results.push(result);
    if (result.state === 'failed' && check.essential) whyNot = `not without: ${check.name}`;
  }
  return results;
}

export async function runCheck({ name, services, run }, scene) {
  const startedAt = performance.now();
  const since = () => (performance.now() - startedAt) / 1000;
  const progress = setInterval(() => console.error(`… ${name}, ${Math.round(since())} s so far`), progressEveryMs);
  try {
    const seen = await run(scene);
    const result = seen?.skipped ? { state: 'skipped', note: seen.skipped } : { state: 'passed', note: seen ?? '' };
    return said({ name, seconds: since(), ...result });
  } catch (error) {
    if (scene.signal.aborted) return { name, state: 'skipped', seconds: since(), note: scene.signal.reason.message };
    const result = said({ name, state: 'failed', seconds: since(), note: error.message });
    if (error.output) console.log(newestLines(error.output));
    await showLogs(scene, error.services ?? services);
    return result;
  } finally {
    clearInterval(progress);
  }
}

const marks = { passed: '✓', failed: '✗', skipped: '–' };

function said(result) {
  const { name, state, seconds, note } = result;
  console.log(`${marks[state]} ${name}, ${seconds.toFixed(1)} s${note && `: ${note}`}`);
  return result;
}

async function showLogs({ project, signal }, services) {
  if (services.length === 0 || signal.aborted) return;
  const log = await project
    .compose(['logs', '--tail', '50', ...services], { withErrors: true })
    .catch((error) => `The logs can't be read: ${error.message}`);
  console.log(log);
}

function newestLines(text) {
  return text.trimEnd().split('\n').slice(-50).join('\n');
}

/** What took how long, as a table. */
export function timesTable(results) {
  const widest = Math.max(...results.map(({ name }) => name.length));
  return results
    .map(({ name, state, seconds, note }) => {
      const time = state === 'skipped' ? '' : `${seconds.toFixed(1)} s`;
      return `${marks[state]} ${name.padEnd(widest)} ${time.padStart(8)}  ${note.split('\n')[0].slice(0, 120)}`.trimEnd();
    })
    .join('\n');
}
