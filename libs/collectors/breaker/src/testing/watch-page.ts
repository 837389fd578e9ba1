import { systemClock, TargetWatch } from '@omninode/collector-kit';
import type { WatchSettings } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { Secret } from '@omninode/service-kit';
import { onTestFinished } from 'vitest';
import { breakerReader } from '../breaker.reader.js';
import { toBreakerTarget } from '../breaker-target.js';
import type { BreakerTarget } from '../breaker-target.js';
import { breakerFamilies } from '../families.js';
import type { BreakerQuery } from '../page.js';

export interface WatchOptions extends Partial<WatchSettings<BreakerTarget, BreakerQuery>> {
  readonly maxBytes?: number;
  readonly target?: Partial<BreakerTarget>;
}

/** Watches a real page as the collector does, ten times a second, until the test ends. */
export function watchPage(url: string, { maxBytes = 8 * 1024 * 1024, target: options, ...changed }: WatchOptions = {}) {
  const [writer, logger] = [new RecordingWriter(), new KeptLogger()];
  const settings: WatchSettings<BreakerTarget, BreakerQuery> = {
    families: breakerFamilies,
    reader: breakerReader({ maxBytes }),
    clock: systemClock,
    logger,
    intervalsMs: { fast: 100, medium: 100, slow: 100 },
    deadlineMs: 1_000,
    connectDeadlineMs: 1_000,
    maxConnectionAgeMs: 600_000,
    ...changed,
  };
  const memory: { current: Readonly<Record<string, unknown>> } = { current: {} };
  const watch = new TargetWatch(settings, {
    id: 'payments',
    target: toBreakerTarget({ id: 'payments', url: new Secret(url), labels: {} }, options),
    writer,
    memory: {},
    onMemory: (now) => (memory.current = now),
  });
  onTestFinished(() => watch.stop());
  const family = () => watch.statuses().find((status) => status.family === 'breakers');
  return {
    writer,
    logger,
    memory,
    stop: () => watch.stop(),
    status: () => family()?.status,
    reason: () => family()?.reason ?? '',
    latest: (series: string) => writer.latest(series),
  };
}
