import type { CounterRollup, GaugeRollup, OperationRollup } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { Baselines } from '../baselines/baselines.js';
import { RollupBook } from '../book/rollup-book.js';
import { dayMs, hourMs } from '../keeper/hours.js';
import { wireOf } from '../keeper/rollup-of.js';
import { reportSeries } from '../keeper/tracked-series.js';
import { sketchOfSeconds } from '../testing/sample-service.js';
import { dailyReport, type DailyReport, type ReportSources } from './daily-report.js';
import { changeOf } from './figure.js';
import { reportHtml } from './html.js';
import { reportMarkdown } from './markdown.js';
import { dayOfDate } from './report-day.js';
import { sectionSpecs } from './row-specs.js';

const day = dayOfDate('2026-11-24', 'UTC')!;
const attack = '<img src=x onerror=alert(1)> | `a` [b](javascript:alert(1))\n# c "\'&';

test('each figure has its unit, the day before and what is usual, or says why it is not there', () => {
  const rows = rowsOf(report(dayOfFigures()));
  expect(rows('Hit rate')).toMatchObject([
    { of: 'redis', unit: 'ratio', day: { value: 0.75 }, dayBefore: { value: 0.5 } },
  ]);
  expect(changeOf(rows('Hit rate')[0]!)).toBeCloseTo(0.5);
  expect(rows('Memory, mean')).toMatchObject([
    { unit: 'bytes', day: { value: 200 }, dayBefore: { noDataBecause: 'no value came on that day' } },
  ]);
  expect(rows('Dead letters')).toMatchObject([
    { of: '', day: { noDataBecause: 'no topic with dead letters is watched' } },
  ]);
  expect(rows('Memory, mean')[0]!.usual).toEqual({ noDataBecause: '3 weeks are needed of each hour, 0 are there' });
  expect(rows('Requests that failed')).toMatchObject([{ of: 'checkout', unit: 'ratio', day: { value: 0.25 } }]);
});

test('a quotient of nothing is no number', () => {
  const book = new RollupBook();
  for (const name of ['omninode_cache_hits_total', 'omninode_cache_misses_total'])
    book.take(counter(name, day.fromMs, 0));
  expect(rowsOf(report(book))('Hit rate')).toMatchObject([{ day: { noDataBecause: 'nothing was looked up' } }]);
});

test('an empty mesh has a report that says of every figure why it has no data', () => {
  const { sections, slowest } = report(new RollupBook());
  for (const { rows } of sections) {
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.day).toEqual({ noDataBecause: expect.stringMatching(/./) });
  }
  expect(slowest).toEqual([]);
});

test('what is usual comes from the hours of the week, once there are three weeks of each', () => {
  const book = dayOfFigures();
  const baselines = new Baselines({ series: 100, isAlerting: () => false });
  for (let week = 1; week <= 3; week++) {
    for (let hour = 0; hour < 24; hour++) {
      baselines.take(counter('omninode_cache_evicted_keys_total', day.fromMs - week * 7 * dayMs + hour * hourMs, 10));
    }
  }
  const [row] = rowsOf(report(book, { baselines }))('Entries thrown out');
  expect(row).toMatchObject({ day: { value: 5 }, usual: { value: expect.closeTo(240, -1) } });
});

test('every series of a figure is one that rollups are kept of, and of its kind', () => {
  for (const spec of sectionSpecs.flatMap(({ rows }) => rows)) {
    for (const name of [spec.metric, ...(spec.kind === 'quotient' ? spec.of : [])]) {
      expect(reportSeries[name]?.kind, name).toBe(spec.kind === 'gauge' ? 'gauge' : 'counter');
    }
  }
});

test('what a target supplies is text in HTML and in Markdown, whatever it looks like', () => {
  const book = dayOfFigures(attack);
  const health = { health: 'degraded', reasons: [attack] };
  const alerts = [{ name: attack, severity: 'critical', summary: attack, startsAtMs: day.fromMs, endsAtMs: Infinity }];
  const hostile = report(book, { health, alerts });
  const html = reportHtml(hostile);
  expect(html).not.toMatch(/<img|<script|javascript:alert\(1\)"/);
  expect(html.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)!.length).toBeGreaterThan(3);
  const markdown = reportMarkdown(hostile);
  expect(markdown).not.toMatch(/<img|[^\\]\[b\]|^# c/m);
  for (const line of markdown.split('\n').filter((each) => each.startsWith('|'))) {
    expect([3, 7, 10, 6]).toContain(line.match(/(?<!\\)\|/g)!.length);
  }
});

test('a page that needs nothing else, and lets nothing in it run', () => {
  const html = reportHtml(report(dayOfFigures()));
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/src=|href=|url\(/);
  expect(html).toMatch(/<td>75 %<\/td><td>50 %<\/td><td>\+50 %<\/td>/);
});

test('days of a time zone, also those on which clocks are changed', () => {
  expect(dayOfDate('2026-11-24', 'Europe/Berlin')).toMatchObject({
    fromMs: Date.UTC(2026, 10, 23, 23),
    toMs: Date.UTC(2026, 10, 24, 23),
  });
  const hours = (date: string) => {
    const { fromMs, toMs } = dayOfDate(date, 'Europe/Berlin')!;
    return (toMs - fromMs) / hourMs;
  };
  expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-10-26')]).toEqual([23, 25, 24]);
  expect(dayOfDate('2026-02-30', 'UTC')).toBeUndefined();
});

test('a day that is not over says so', () => {
  expect(report(new RollupBook(), { nowMs: day.fromMs + 1 })).toMatchObject({
    isOver: false,
    notes: [expect.stringMatching(/not over/)],
  });
});

function dayOfFigures(operation = 'pay'): RollupBook {
  const book = new RollupBook();
  book.take(counter('omninode_cache_hits_total', day.fromMs - hourMs, 5));
  book.take(counter('omninode_cache_misses_total', day.fromMs - hourMs, 5));
  book.take(counter('omninode_cache_hits_total', day.fromMs, 75));
  book.take(counter('omninode_cache_misses_total', day.fromMs + hourMs, 25));
  book.take(counter('omninode_cache_evicted_keys_total', day.fromMs, 5));
  book.take(memory(day.fromMs, 100));
  book.take(memory(day.toMs - hourMs, 300));
  book.take(request(operation));
  return book;
}

function counter(name: string, hour: number, increase: number): CounterRollup {
  return {
    v: 1,
    k: 'counter',
    entity: 'redis',
    hour,
    closed: true,
    name,
    unit: '',
    labels: { target: 'redis' },
    increase,
  };
}

function memory(hour: number, bytes: number): GaugeRollup {
  return {
    v: 1,
    k: 'gauge',
    entity: 'redis',
    hour,
    closed: true,
    name: 'omninode_memory_usage_bytes',
    unit: 'bytes',
    labels: { target: 'redis' },
    count: 1,
    sum: bytes,
    min: bytes,
    max: bytes,
    last: bytes,
    values: wireOf(sketchOfSeconds([bytes])),
  };
}

function request(operation: string): OperationRollup {
  return {
    v: 1,
    k: 'operation',
    entity: 'checkout',
    hour: day.fromMs,
    closed: true,
    service: 'checkout',
    component: 'api',
    operation,
    requests: { success: 3, failure: 1 },
    durations: { success: wireOf(sketchOfSeconds([1, 2, 3])) },
    errors: { E: 1 },
    timeouts: 0,
    slow: 0,
    retries: 0,
    exemplars: [],
  };
}

function report(book: RollupBook, more: Partial<ReportSources> = {}): DailyReport {
  return dailyReport({
    day,
    book,
    baselines: oneHourOfBaseline(),
    health: { health: 'healthy', reasons: [] },
    alerts: [],
    ledger: { closes: true, missing: 0, dropped: 0, deadLettered: 0 },
    nowMs: day.toMs + hourMs,
    ...more,
  });
}

/** One hour is known of memory, so that it has a baseline, and far from enough. */
function oneHourOfBaseline(): Baselines {
  const baselines = new Baselines({ series: 100, isAlerting: () => false });
  baselines.take(memory(day.fromMs, 100));
  return baselines;
}

function rowsOf({ sections }: DailyReport) {
  return (what: string) => sections.flatMap(({ rows }) => rows).filter((row) => row.what === what);
}
