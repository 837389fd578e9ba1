// Runs a program as a part of this one. Clean for Node 18: tools/bootstrap.mjs uses it before anything is installed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One key press or `kill` reaches us more than once: from its sender, and from npm, which passes on what it gets. */
const repeatMs = 1_000;

/**
 * Resolves when the program has ended: `code` is its exit code, 128 + n after signal n; `signal` is what ended us meanwhile, so
 * that the caller stops too. Rejects when the program can't be started. A signal that reaches us reaches the program, and so
 * does the end of our parent: npm may end without passing on what ended it.
 */
export function runChild(command, args, { onStarted, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    onStarted?.(child);
    const parent = process.ppid;
    let ending;
    let passedOnAt = -Infinity;

    const pass = (signal) => {
      ending = signal;
      // A terminal signals its whole foreground group: the program has it already, and a second one would end it at once.
      if (signal !== 'SIGTERM' && process.stdin.isTTY) return;
      if (performance.now() - passedOnAt < repeatMs) return;
      passedOnAt = performance.now();
      child.kill(signal);
    };
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      if (ending === undefined) pass('SIGTERM');
    }, 500);
    const settle = () => {
      clearInterval(watch);
      for (const signal of forwarded) process.removeListener(signal, pass);
    };

    for (const signal of forwarded) process.on(signal, pass);
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve({ code: code ?? 128 + constants.signals[signal], signal: ending });
    });
  });
}
