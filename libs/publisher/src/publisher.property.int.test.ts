import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counter, gauge, histogram } from '@omninode/contracts';
import type { MeasurementWriter } from '@omninode/contracts';
import { array, assert, asyncProperty, boolean, constant, constantFrom, double, nat, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { FaultyBus, refusal, unavailable } from './fault-injection/faulty-bus.js';
import type { Answer } from './fault-injection/faulty-bus.js';
import { StreamReader } from './fault-injection/stream-reader.js';
import { createPublisher } from './publisher.js';
import type { Publisher } from './publisher.js';

/**
 * Any sequence of passes, failures and restarts: what readers get is exactly what was written, in order and without holes
 * but for reported drops. A restart is orderly, or a crash: then the next process works on a copy of the folder as it was at
 * that moment, and the old one never reaches the bus again.
 */
const step = oneof(
  {
    weight: 6,
    arbitrary: record({
      do: constant('pass'),
      producer: nat(1),
      series: array(nat(30), { maxLength: 12 }),
      value: double({ noNaN: true, noDefaultInfinity: true }),
    }),
  },
  { weight: 2, arbitrary: record({ do: constant('event'), producer: nat(1), poison: boolean() }) },
  {
    weight: 3,
    arbitrary: record({
      do: constant('bus'),
      answer: constantFrom('take', 'down', 'lose the answer', 'hang'),
    }),
  },
  { weight: 2, arbitrary: record({ do: constant('wait'), ms: nat(12) }) },
  { weight: 1, arbitrary: record({ do: constant('minute') }) },
  { weight: 1, arbitrary: record({ do: constantFrom('restart', 'crash') }) },
);
type Step = typeof step extends Arbitrary<infer S> ? S : never;

test.each([
  ['with a spool', { spool: true }],
  ['in memory only', { spool: false }],
])('whatever happens, readers get what was written: %s', { timeout: 120_000 }, async (_what, { spool }) => {
  await assert(
    asyncProperty(array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const world = new World(spool);
      try {
        for (const one of steps) await world.take(one);
        await world.end();
        world.check();
      } finally {
        await world.remove();
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
});

const startMs = Date.UTC(2026, 0);
const metrics = {
  omninode_used: gauge('connections', 'In use.', ['nth']),
  omninode_calls_total: counter('requests', 'So far.', ['nth']),
  omninode_wait_seconds: histogram('seconds', 'How long.', [0.1, 1], ['nth']),
} as const;

/** One incarnation of one producer: what it wrote, in order. */
interface Written {
  readonly writer: MeasurementWriter;
  readonly identity: string;
  readonly values: [series: string, timeMs: number, slots: number[]][];
  events: number;
  poisoned: number;
  /** Whether its process ended in order: else what was in its memory is lost. */
  crashed: boolean;
}

class World {
  private readonly folder = mkdtempSync(join(tmpdir(), 'property-'));
  private readonly bus = new FaultyBus();
  private readonly publishers: Publisher[] = [];
  private readonly written: Written[] = [];
  private readonly acknowledged = new Set<string>();
  private current: Written[] = [];
  private publisher!: Publisher;
  private answer = 'take';
  private loses = false;
  private generation = 0;
  private nowMs = startMs;

  constructor(private readonly hasSpool: boolean) {
    this.startProcess();
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'pass') this.pass(one as Extract<Step, { series: number[] }>);
    if (one.do === 'event') this.event(one as Extract<Step, { poison: boolean }>);
    if (one.do === 'bus') this.answer = (one as Extract<Step, { answer: string }>).answer;
    if (one.do === 'wait')
      await new Promise((resolve) => setTimeout(resolve, (one as Extract<Step, { ms: number }>).ms));
    if (one.do === 'minute') this.nowMs += 60_000;
    if (one.do === 'restart') await this.restart();
    if (one.do === 'crash' && this.hasSpool) this.crash();
  }

  async end(): Promise<void> {
    this.answer = 'take';
    const remainder = await this.publisher.close(2_000);
    expect(remainder).toEqual({ undelivered: 0, spooled: 0 });
  }

  check(): void {
    const stream = new StreamReader().readAll(this.bus.log);
    expect(stream.problems).toEqual([]);
    for (const one of this.written) this.checkProducer(one, stream);
    const received = new Set(
      [...stream.sequences].flatMap(([producer, all]) => all.map((sequence) => `${producer} ${sequence}`)),
    );
    expect([...this.acknowledged].filter((one) => !received.has(one))).toEqual([]);
  }

  async remove(): Promise<void> {
    await Promise.all(this.publishers.map((publisher) => publisher.close(0)));
    rmSync(this.folder, { recursive: true });
  }

  private checkProducer({ identity, values, poisoned, crashed }: Written, stream: StreamReader): void {
    const received = stream.sequences.get(identity) ?? [];
    const last = received.at(-1) ?? 0;
    const read = [...stream.values].flatMap(([series, all]) =>
      series.includes(`{at=${identity},`) ? all.map(([timeMs, slots]) => JSON.stringify([series, timeMs, slots])) : [],
    );
    const wrote = values.map((value) => JSON.stringify(value));
    if (!crashed) {
      expect(read.toSorted()).toEqual(wrote.toSorted());
      expect(stream.closed.get(identity)).toBe(poisoned);
      expect(last - received.length).toBe(poisoned);
      return;
    }
    // Of a crash the end is missing, never something before it.
    expect(last - received.length).toBeLessThanOrEqual(poisoned);
    const readTimes = new Set(read.map((value) => (JSON.parse(value) as [string, number])[1]));
    const lastTime = Math.max(0, ...readTimes);
    expect(read.toSorted()).toEqual(
      wrote.filter((value) => (JSON.parse(value) as [string, number])[1] <= lastTime).toSorted(),
    );
  }

  private startProcess(): void {
    this.generation += 1;
    const { generation } = this;
    this.publisher = createPublisher({
      bus: {
        publish: (records) =>
          generation === this.generation ? this.bus.publish(records) : Promise.reject(unavailable()),
      },
      topic: 'measurement',
      now: () => this.nowMs,
      lingerMs: 1,
      firstPauseMs: 1,
      maxPauseMs: 3,
      publishTimeoutMs: 10,
      spoolAfterMs: 0,
      maxBatchRecords: 7,
      maxRecordBytes: 700,
      onAcknowledged: ({ producer, incarnation, sequence }) =>
        this.acknowledged.add(`${producer}@${incarnation} ${sequence}`),
      spool: this.hasSpool ? { directory: this.directory(), maxBytes: 100_000_000, adoptIntervalMs: 5 } : undefined,
    });
    this.publishers.push(this.publisher);
    this.bus.answer = (records) => this.answerOf(records.some(({ value }) => value!.includes('test.poison')));
    this.current = ['orders', 'stock'].map((producer) => {
      const identity = `${producer}@${generation}`;
      const writer = this.publisher.open({
        producer,
        entity: producer,
        incarnation: generation,
        labels: { at: identity },
      });
      return { writer, identity, values: [], events: 0, poisoned: 0, crashed: false };
    });
    this.written.push(...this.current);
  }

  private answerOf(hasPoison: boolean): Answer {
    if (this.answer === 'down') return unavailable();
    if (this.answer === 'hang') return 'hang';
    if (hasPoison) return refusal();
    // Every other time, so that it goes on after all.
    this.loses = this.answer === 'lose the answer' && !this.loses;
    return this.loses ? 'lose the answer' : 'take';
  }

  private pass({ producer, series, value }: Extract<Step, { series: number[] }>): void {
    const { writer, identity, values } = this.current[producer]!;
    this.nowMs += 1;
    for (const nth of new Set(series)) {
      const [name, metric] = Object.entries(metrics)[nth % 3]!;
      const index = writer.series(name, metric, [String(nth)]);
      const slots = metric.kind === 'histogram' ? [nth, 0, 7, value] : [value];
      if (metric.kind === 'histogram') writer.histogram(index, slots.slice(0, 3), value);
      else writer.point(index, value);
      if (metric.kind === 'counter') writer.startedAt(index, startMs - nth);
      // JSON has no negative zero.
      values.push([`${name}{at=${identity},nth=${nth}}`, this.nowMs, slots.map((slot) => slot + 0)]);
    }
    writer.publish(this.nowMs);
  }

  private event({ producer, poison }: Extract<Step, { poison: boolean }>): void {
    const written = this.current[producer]!;
    written.writer.event({ name: poison ? 'test.poison' : 'test.fine', timeMs: this.nowMs, attributes: {} });
    if (poison) written.poisoned += 1;
    else written.events += 1;
    written.writer.publish(this.nowMs);
  }

  private async restart(): Promise<void> {
    if (!this.hasSpool) this.answer = 'take';
    const { undelivered } = await this.publisher.close(this.hasSpool ? 20 : 5_000);
    expect(undelivered).toBe(0);
    this.startProcess();
  }

  private crash(): void {
    for (const one of this.current) one.crashed = true;
    const from = this.directory();
    this.crashes += 1;
    mkdirSync(from, { recursive: true });
    cpSync(from, this.directory(), { recursive: true });
    this.startProcess();
  }
  private crashes = 0;

  private directory(): string {
    return join(this.folder, `spool-${this.crashes}`);
  }
}
