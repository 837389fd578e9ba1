// What the benchmarks measure with. CPU time of the serving thread counts, because it does not depend on what else the machine does.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** CPU time of synchronous work, ns, garbage collection on this thread included. */
export function cpuNs(work) {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) * 1000;
}

/** CPU time of asynchronous work, ms, and the longest time meanwhile that nothing else could run, ms. */
export async function cpuAndDelay(work) {
  let longestDelayMs = 0;
  let turnedAt = performance.now();
  const clock = setInterval(() => {
    const nowMs = performance.now();
    longestDelayMs = Math.max(longestDelayMs, nowMs - turnedAt - 1);
    turnedAt = nowMs;
  }, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  longestDelayMs = 0;
  const before = process.threadCpuUsage();
  const result = await work();
  const { user, system } = process.threadCpuUsage(before);
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(clock);
  return { cpuMs: (user + system) / 1000, longestDelayMs, result };
}

/** User and system time of a process, ms, in steps of 10: fields 14 and 15, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function cpuMsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Memory that a process has resident, bytes. */
export function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The same numbers in every run: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Values as monitored things have them: a walk in steps of a thousandth. */
export function randomWalk(random) {
  let value = Math.floor(random() * 1000);
  return () => {
    value += Math.round((random() - 0.5) * 2000) / 1000;
    return Math.round(value * 1000) / 1000;
  };
}

/** What this process holds, bytes: after everything was thrown away that nobody holds. */
export function usedBytes() {
  // Twice: what the first frees of typed arrays is counted with the second.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function collectGarbage() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
