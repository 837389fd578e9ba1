import { systemClock, TargetWatch } from '@omninode/collector-kit';
import type { WatchSettings } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { Secret } from '@omninode/service-kit';
import { onTestFinished } from 'vitest';
import type { CacheQuery } from '../cache-reply.js';
import { cacheReader } from '../cache.reader.js';
import type { CacheTarget } from '../cache-target.js';
import { cacheFamilies } from '../families.js';

export interface WatchOptions {
  readonly target?: Partial<CacheTarget>;
  readonly settings?: Partial<WatchSettings<CacheTarget, CacheQuery>>;
  /** What an owner before left. */
  readonly memory?: Readonly<Record<string, unknown>>;
}

/** Watches a real cache as the collector does, with a lane of a fraction of a second, until the test ends. */
export function watchCache(url: string, { target, settings: changed, memory: known = {} }: WatchOptions = {}) {
  const [writer, logger] = [new RecordingWriter(), new KeptLogger()];
  const settings: WatchSettings<CacheTarget, CacheQuery> = {
    families: cacheFamilies,
    reader: cacheReader({ connectTimeoutMs: 2_000, refusalPauseMs: 300, maxAnswerBytes: 100_000 }),
    clock: systemClock,
    logger,
    intervalsMs: { fast: 200, medium: 300, slow: 400 },
    deadlineMs: 1_500,
    connectDeadlineMs: 1_500,
    maxConnectionAgeMs: 600_000,
    ...changed,
  };
  const memory: { current: Readonly<Record<string, unknown>> } = { current: known };
  const watch = new TargetWatch(settings, {
    id: 'sessions',
    target: { id: 'sessions', url: new Secret(url), labels: {}, cache: 'application', tls: {}, ...target },
    writer,
    memory: known,
    onMemory: (now) => (memory.current = now),
  });
  onTestFinished(() => watch.stop());
  return {
    writer,
    logger,
    memory,
    stop: () => watch.stop(),
    status: (family: string) => watch.statuses().find((status) => status.family === family)?.status,
    reason: (family: string) => watch.statuses().find((status) => status.family === family)?.reason,
    statuses: () => Object.fromEntries(watch.statuses().map(({ family, status }) => [family, status])),
    latest: (series: string) => writer.latest(series),
    /** The last pass that was published whole. */
    points: () => writer.passes.at(-1)?.points ?? {},
    /** All values that a series had, in order. */
    values: (series: string) => writer.passes.flatMap(({ points }) => points[series] ?? []),
    events: (name: string) => writer.events(name).map(({ attributes }) => attributes),
    /** Resolves when that many more passes have ended. */
    async passes(count: number) {
      const before = writer.passes.length;
      while (writer.passes.length < before + count) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}
