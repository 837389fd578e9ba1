// Says what is being done while it lasts, and how long it took. On stderr: stdout belongs to the task.

const quickMs = 500;
const everyMs = { terminal: 1_000, log: 10_000 };

/** The result of `work`. On a terminal one line counts the seconds in place; in a log there is a line every ten. */
export async function step(name, work, output = process.stderr) {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  // The cursor stays at the begin of the line, so that what a program prints meanwhile takes the line's place.
  const eraseLine = output.isTTY ? '\u001B[2K' : '';
  const say = (text) => output.write(eraseLine + text + (output.isTTY ? '\r' : '\n'));
  const begun = setTimeout(say, quickMs, `… ${name}`);
  const lasting = setInterval(
    () => say(`… ${name}, ${Math.round(seconds())} s so far`),
    output.isTTY ? everyMs.terminal : everyMs.log,
  );
  try {
    const result = await work();
    if (seconds() * 1000 > quickMs) output.write(`${eraseLine}✓ ${name} ${seconds().toFixed(1)} s\n`);
    return result;
  } finally {
    clearTimeout(begun);
    clearInterval(lasting);
  }
}
