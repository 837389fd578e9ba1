// Runs a program to its end: no shell, a deadline, and what it printed.
import { spawn } from 'node:child_process';

/**
 * Resolves to its stdout, with `withErrors` to stdout and stderr. Rejects when it can't be started, ends with another code than 0, or is not done in time; the error's
 * `output` is all that it printed. It has a process group of its own: Control-C reaches this process only, which ends in order.
 */
export function runProgram([command, ...args], { deadlineMs = 30_000, signal, input, cwd, withErrors = false } = {}) {
  const shown = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(command, args, { cwd, detached: true, stdio: 'pipe' });
    let stdout = '';
    let output = '';
    let why;
    const end = (reason) => {
      why ??= reason;
      // The group, because compose has children of its own; it may be gone already.
      if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGTERM');
    };
    const onAbort = () => end(signal.reason.message);
    const timer = setTimeout(() => end(`it was not done within ${deadlineMs / 1000} s`), deadlineMs);
    signal?.addEventListener('abort', onAbort);
    const settle = (error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(Object.assign(error, { output }));
      else resolve(withErrors ? output : stdout);
    };

    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    // A program that does not read its input to the end says why itself.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input);
    child.once('error', (error) =>
      settle(new Error(`${command} can't be started: ${error.message}`, { cause: error })),
    );
    child.once('close', (code, endSignal) => {
      if (why === undefined && code === 0) return settle();
      settle(new Error(`${shown}: ${why ?? `ended with ${endSignal ?? `code ${code}`}${lastLineOf(output)}`}`));
    });
  });
}

function lastLineOf(output) {
  const line = output.trimEnd().split('\n').at(-1);
  return line ? `, saying "${line.slice(0, 300)}"` : '';
}
