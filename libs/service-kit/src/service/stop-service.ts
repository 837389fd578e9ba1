import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '../log/logger.js';
import type { Pending } from './pending.js';
import type { ShutdownReport, ShutdownReports } from './shutdown-reports.js';

export interface StopOutcome {
  /** 0 when everything closed in time and everything accepted was delivered, else 1. */
  readonly exitCode: 0 | 1;
  readonly undelivered: readonly ShutdownReport[];
  /** Parts that were left behind, requests that were cut. */
  readonly hung: readonly string[];
  /** Parts whose closing failed. */
  readonly failed: readonly string[];
}

export interface Stoppable {
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  readonly pending: Pending;
  readonly shutdownReports: ShutdownReports;
  /** Grows while parts close. */
  readonly failed: readonly string[];
  readonly deadlineMs: number;
  /** How long the process is unready before intake stops; the deadline counts from then. */
  readonly drainDelayMs: number;
  /** Makes the process unready. */
  refuse(): void;
  /** Ends event streams and loops. */
  interrupt(): void;
  /** Leaves parts behind that still stop their intake. */
  endIntake(): void;
}

/** Shares of the deadline: stopping intake may not use up what requests need, nor requests what the last flush needs. */
const intakeShare = 0.4;
const requestShare = 0.75;

/**
 * Ends a service in order: unready, intake stops (`beforeApplicationShutdown`), requests under way finish, pools and
 * producers close (`onApplicationShutdown`). Resolves at the deadline at the latest, and never rejects.
 */
export async function stopService(service: Stoppable): Promise<StopOutcome> {
  const { logger, pending, deadlineMs, failed } = service;
  service.refuse();
  if (service.drainDelayMs > 0) await sleep(service.drainDelayMs);
  service.interrupt();
  const leftBehind = new Set<string>();
  const leave = (kind: 'intake' | 'request' | 'closing') => pending.names(kind).forEach((name) => leftBehind.add(name));
  const timers = [
    setTimeout(() => {
      leave('intake');
      service.endIntake();
    }, deadlineMs * intakeShare),
    setTimeout(() => {
      leave('request');
      service.app.getHttpServer().closeAllConnections();
    }, deadlineMs * requestShare),
  ];
  const inTime = await within(deadlineMs, service.app.close());
  for (const timer of timers) clearTimeout(timer);
  leave('closing');
  if (!inTime && leftBehind.size === 0) leftBehind.add('the application');

  const hung = [...leftBehind];
  if (hung.length > 0) logger.error('Some parts took too long to end and were left behind.', { hung, deadlineMs });
  const undelivered = service.shutdownReports.all.filter((report) => report.undelivered > 0);
  for (const report of undelivered)
    logger.error('Not everything that was accepted was delivered before the end.', { unit: 'records', ...report });
  const clean = hung.length === 0 && failed.length === 0 && undelivered.length === 0;
  return { exitCode: clean ? 0 : 1, undelivered, hung, failed };
}

/** Whether the work ended in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(ms, false, { signal: over.signal }).catch(() => false);
  const ended = await Promise.race([work.then(() => true), late]);
  over.abort();
  return ended;
}
