import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type AlertRecord, type Bus } from '@omninode/contracts';
import { notifyConfig } from '@omninode/notifiers';
import { createLogger } from '@omninode/service-kit';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { Notifications } from '../notifications.js';

export { eventually } from '../../testing/eventually.js';
export { webhookServer, type WebhookServer } from './webhook-server.js';

export const topics = topicNames();

export interface NotifiedMesh {
  readonly bus: Bus;
  readonly lines: string[];
  /** Another process with the same receivers. `on`: over a bus of its own making. */
  start(on?: Bus): Promise<Notifications>;
  alert(...records: AlertRecord[]): Promise<void>;
  reopen(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Receivers on a real bus in a folder of its own. */
export async function inMesh(
  receivers: Record<string, unknown>,
  notify: Record<string, unknown> = {},
): Promise<NotifiedMesh> {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-notified-'));
  const config = notifyConfig.parse({ receivers, ...notify });
  const lines: string[] = [];
  const log = createLogger({
    service: 'test',
    format: 'json',
    destination: { write: (line) => void lines.push(line) },
  });
  let bus = await open();
  const running = new Set<Notifications>();
  return {
    get bus() {
      return bus;
    },
    lines,
    async start(on = bus) {
      const notifications = new Notifications({
        bus: on,
        topics,
        instance: `test-${running.size}`,
        config,
        log,
        nowMs: Date.now,
        random: Math.random,
      });
      running.add(notifications);
      notifications.start();
      return notifications;
    },
    async alert(...records) {
      await bus.publish(
        records.map((record) => ({
          topic: topics.alert,
          key: record.fingerprint,
          value: Buffer.from(JSON.stringify(record)),
        })),
      );
    },
    async reopen() {
      await bus.close();
      bus = await open();
    },
    async [Symbol.asyncDispose]() {
      for (const notifications of running) await notifications.stop();
      await bus.close();
      await sleep(10);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function open(): Promise<Bus> {
    const opened = await openEmbeddedBus({ folder, topics });
    await opened.prepareTopics();
    return opened;
  }
}

/** A record of the alert topic; `n` makes the fingerprint. */
export function alertOf(n: number, over: Partial<AlertRecord> = {}): AlertRecord {
  const startsAt = over.startsAt ?? Date.now() - 1_000;
  return {
    v: 1,
    fingerprint: n.toString(16).padStart(16, '0'),
    name: 'PoolExhausted',
    state: 'firing',
    severity: 'warning',
    labels: { target: `db-${n}` },
    annotations: { summary: `db-${n} has no connections left.` },
    startsAt,
    ruleVersion: '1',
    time: Date.now(),
    ...(over.state === 'resolved' && { endsAt: Date.now() }),
    ...over,
  };
}
