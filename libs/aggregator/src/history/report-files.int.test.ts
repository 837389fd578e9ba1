import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountedDisk } from '@omninode/testing';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ReportFiles, type ReportFilesOptions } from './report-files.js';

const noonMs = Date.UTC(2026, 10, 24, 12);
const yesterday = ['daily-2026-11-23.html', 'daily-2026-11-23.json', 'daily-2026-11-23.md'];
let told: { sentence: string; code?: unknown }[];
let clockMs: number;
let isOurs: boolean;
let filler: string;

beforeEach(() => {
  told = [];
  clockMs = noonMs;
  isOurs = true;
  filler = 'x';
});

test('the report of a closed day is written once, in three forms, by the one whose turn it is', async () => {
  const folder = newFolder();
  isOurs = false;
  clockMs = Date.UTC(2026, 10, 24, 0, 5);
  const reports = started(folder);
  await sleep(50);
  isOurs = true;
  await sleep(50);
  // Its last hour may still change.
  expect(readdirSync(folder)).toEqual([]);
  clockMs = Date.UTC(2026, 10, 24, 0, 6);
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
  expect(JSON.parse(readFileSync(join(folder, yesterday[1]!), 'utf8'))).toEqual({ date: '2026-11-23', filler });
  expect(reports).toMatchObject({ written: 3, failures: 0, due: 0 });

  const { mtimeMs } = statSync(join(folder, yesterday[0]!));
  const another = started(folder);
  await sleep(100);
  expect(statSync(join(folder, yesterday[0]!)).mtimeMs).toBe(mtimeMs);
  expect(another.written).toBe(0);
});

test('days whose end was missed are caught up on; those of which nothing is known are not', async () => {
  const folder = newFolder();
  const known = new Set(['2026-11-19', '2026-11-22', '2026-11-01']);
  started(folder, { isKnown: ({ date }) => known.has(date) });
  await expect.poll(() => readdirSync(folder).length).toBe(6);
  expect(readdirSync(folder).filter((name) => name.endsWith('.md'))).toEqual([
    'daily-2026-11-19.md',
    'daily-2026-11-22.md',
  ]);
});

test('what was half there is completed; what is there is left as it is', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, yesterday[0]!), 'of somebody else');
  const reports = started(folder);
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
  expect(readFileSync(join(folder, yesterday[0]!), 'utf8')).toBe('of somebody else');
  expect(reports.written).toBe(2);
});

test('a folder that is missing is told once and counted, never made, and the report comes when it is there', async () => {
  const folder = join(newFolder(), 'not-mounted');
  const reports = started(folder);
  await expect.poll(() => reports.failures).toBeGreaterThan(3);
  expect(reports).toMatchObject({ written: 0, due: 1 });
  expect(told).toEqual([
    { sentence: expect.stringContaining('there is no such folder') as string, code: 'REPORT_FOLDER_MISSING' },
  ]);
  mkdirSync(folder);
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
  await expect.poll(() => reports.due).toBe(0);
  expect(told.map(({ sentence }) => sentence).slice(1)).toEqual([
    'The daily report was written.',
    'Daily reports can be written again.',
  ]);
});

test('a disk that is full: no half file stays, and the report comes when there is room', async (context) => {
  const folder = mountedDisk('1m', (reason) => context.skip(reason));
  filler = 'x'.repeat(100_000);
  writeFileSync(join(folder, 'filler'), Buffer.alloc(freeOf(folder) - 150_000));
  const reports = started(folder);
  await expect.poll(() => reports.failures).toBeGreaterThan(3);
  expect(told.map(({ code }) => code)).toEqual(['REPORT_DISK_FULL']);
  expect(readdirSync(folder)).toEqual(['daily-2026-11-23.json', 'filler']);
  expect(reports).toMatchObject({ written: 1, due: 1 });
  rmSync(join(folder, 'filler'));
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
  for (const name of yesterday) expect(readFileSync(join(folder, name), 'utf8')).toContain(filler);
});

test('a folder that is read-only', async (context) => {
  const folder = mountedDisk('1m', (reason) => context.skip(reason));
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  const reports = started(folder);
  await expect.poll(() => reports.failures).toBeGreaterThan(3);
  expect(told.map(({ code }) => code)).toEqual(['REPORT_FOLDER_READ_ONLY']);
  execFileSync('mount', ['-o', 'remount,rw', folder]);
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
});

test('another failure after the first is told too; a report that can not be made is no end of the process', async () => {
  const folder = join(newFolder(), 'later');
  let isBroken = true;
  const reports = started(folder, {
    textsOf: () => {
      if (isBroken) throw new TypeError('a defect');
      return { json: '{}', md: '', html: '' };
    },
  });
  await expect.poll(() => reports.failures).toBeGreaterThan(1);
  mkdirSync(folder);
  await expect.poll(() => told.length).toBe(2);
  isBroken = false;
  await expect.poll(() => readdirSync(folder)).toEqual(yesterday);
});

function started(folder: string, options: Partial<ReportFilesOptions> = {}): ReportFiles {
  const note = (sentence: string, fields: Readonly<Record<string, unknown>> = {}) =>
    told.push({ sentence, ...('code' in fields && { code: fields.code }) });
  const reports = new ReportFiles({
    folder,
    timeZone: 'UTC',
    closedAfterMs: 6 * 60_000,
    isOurs: () => isOurs,
    isKnown: ({ date }) => date === '2026-11-23',
    textsOf: ({ date }) => ({ json: JSON.stringify({ date, filler }), md: filler, html: filler }),
    nowMs: () => clockMs,
    log: { info: note, warn: note },
    everyMs: 10,
    ...options,
  });
  reports.start();
  onTestFinished(() => reports.stop());
  return reports;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-reports-'));
  chmodSync(folder, 0o700);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
