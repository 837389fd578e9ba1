import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricCatalogue } from '@omninode/alerting';
import { meshMetrics } from '@omninode/aggregation';
import {
  alertRecord,
  contentTypes,
  poolMetrics,
  readRecord,
  topicNames,
  type AlertRecord,
  type Bus,
} from '@omninode/contracts';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import type { AlertsView } from '@omninode/mesh-api';
import type { AlertBoard } from '../alerts/alert-board.js';
import { Alerting } from '../alerts/alerting.js';
import type { RuleBook } from '../alerts/rule-book.js';
import { eventually } from './eventually.js';
import { quietLog, runAggregator, sampleLimits, type RunningAggregator } from './run-aggregator.js';

export interface AlertMesh {
  readonly board: AlertBoard;
  readonly book: RuleBook;
  /** What the HTTP API shows. */
  view(): AlertsView;
  /** One value of the gauge that the rules of the tests look at. */
  send(target: string, value: number, timeMs?: number): Promise<void>;
  /** All transitions on the alert topic, by their time. */
  transitions(): Promise<AlertRecord[]>;
  /** All that was sent is applied, and what followed is published as far as it can be. */
  idle(): Promise<void>;
  /** Ends cleanly and starts again. */
  restart(): Promise<void>;
  /** Starts again from what a process that is gone all at once leaves behind: its newest snapshot is older than what it did. */
  kill(): Promise<void>;
  /** Takes no measurements, as one that is stopped; the bus is there. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The bus refuses transitions while this says so; until the next start. */
  refuse(when: () => boolean): void;
  writeRules(text: string): Promise<void>;
  stop(): Promise<void>;
}

const topics = topicNames();
const catalogue = metricCatalogue([
  { metrics: poolMetrics, commonLabels: ['target'] },
  { metrics: poolMetrics, commonLabels: ['service_name'] },
  { metrics: meshMetrics, commonLabels: [] },
]);

/** An aggregator with alerting on an embedded bus. */
export async function startAlertMesh({
  folder,
  rules,
}: {
  readonly folder: string;
  readonly rules: string;
}): Promise<AlertMesh> {
  const rulesFolder = join(folder, 'rules');
  mkdirSync(rulesFolder);
  let edits = 0;
  const write = (text: string) => {
    const path = join(rulesFolder, 'test.yaml');
    writeFileSync(path, text);
    // Files of one size that are written within the clock's step would look alike.
    utimesSync(path, new Date(), new Date(Date.now() - 3_600_000 + ++edits * 1_000));
  };
  write(rules);
  let bus: Bus;
  let running: RunningAggregator;
  let alerting: Alerting;

  const openBus = async () => {
    bus = await openEmbeddedBus({ folder: join(folder, 'bus'), topics });
    await bus.prepareTopics();
  };
  const begin = async () => {
    const config = {
      shippedRules: false,
      rulesFolder,
      reloadEvery: 50,
      replayedAfter: 180_000,
      instancesPerPartition: 1_000,
      runbooksUrl: 'http://mesh/',
    };
    alerting = new Alerting({ config, bus, topics, limits: sampleLimits, catalogue, nowMs: Date.now, log: quietLog });
    alerting.start();
    const timing = { snapshotEveryMs: 300, summaryEveryMs: 100 };
    running = await runAggregator(bus, topics, { companions: [alerting.companion], ...timing });
  };
  const end = async () => {
    await running.stop();
    await alerting.stop();
  };
  const idle = () =>
    eventually(() => {
      const own = running.aggregator.ownSummaries();
      if (own.length === 0 || own.some(({ nextOffset }, at) => nextOffset < (ends[own[at]!.partition] ?? 0)))
        throw new Error('busy');
    }, 5);
  const ends: number[] = [];
  await openBus();
  await begin();
  return {
    get board() {
      return alerting.board;
    },
    get book() {
      return alerting.book;
    },
    view: () => alerting.view(() => running.aggregator.summaries()),
    async send(target, value, timeMs = Date.now()) {
      const points = [{ name: 'omninode_active_connections', kind: 'gauge', labels: { target }, value }];
      const text = JSON.stringify({ v: 1, entity: target, producer: 'test/1', time: timeMs, points });
      const headers = { 'content-type': contentTypes.rows };
      const [position] = await bus.publish([
        { topic: topics.measurement, key: target, value: Buffer.from(text), headers },
      ]);
      ends[position!.partition] = position!.offset + 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
    async transitions() {
      const records: AlertRecord[] = [];
      for (let partition = 0; partition < 4; partition++) {
        await bus.readToEnd(topics.alert, partition, ({ value }) => {
          const read = readRecord(alertRecord, value);
          if (!read.ok) throw new Error(read.detail);
          records.push(read.record);
        });
      }
      return records.sort((a, b) => a.time - b.time);
    },
    idle,
    async restart() {
      await end();
      await bus.close();
      await openBus();
      await begin();
    },
    async kill() {
      // What a process leaves that is gone all at once is what lies on its disk at that moment.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const left = join(folder, 'left');
      cpSync(join(folder, 'bus'), left, { recursive: true });
      await end();
      await bus.close();
      rmSync(join(folder, 'bus'), { recursive: true });
      mkdirSync(join(folder, 'bus'));
      for (const name of readdirSync(left))
        if (!name.includes('lock')) copyFileSync(join(left, name), join(folder, 'bus', name));
      rmSync(left, { recursive: true });
      await openBus();
      await begin();
    },
    async pause() {
      await end();
    },
    resume: begin,
    refuse(when) {
      const { publish } = bus;
      bus.publish = (records) =>
        records.some(({ topic }) => topic === topics.alert) && when()
          ? Promise.reject(new Error('not now'))
          : publish(records);
    },
    async writeRules(text) {
      write(text);
    },
    async stop() {
      await end();
      await bus.close();
    },
  };
}
