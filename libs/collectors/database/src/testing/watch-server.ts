import { systemClock, TargetWatch } from '@omninode/collector-kit';
import type { WatchSettings } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { Secret } from '@omninode/service-kit';
import { onTestFinished } from 'vitest';
import { databaseReader } from '../database.reader.js';
import type { DatabaseTarget } from '../database-target.js';
import { databaseFamilies } from '../families.js';
import type { DatabaseQuery } from '../server/database-query.js';

const readerOptions = {
  statementTimeoutMs: 1_500,
  lockTimeoutMs: 500,
  connectTimeoutMs: 2_000,
  poolTimeoutMs: 400,
  maxPoolAnswerBytes: 100_000,
};

/** Watches a real server as the collector does, with lanes of fractions of a second, until the test ends. */
export function watchServer(
  url: string,
  {
    target = {},
    ...changed
  }: Partial<WatchSettings<DatabaseTarget, DatabaseQuery>> & { target?: Partial<DatabaseTarget> } = {},
) {
  const [writer, logger] = [new RecordingWriter(), new KeptLogger()];
  const settings: WatchSettings<DatabaseTarget, DatabaseQuery> = {
    families: databaseFamilies,
    reader: databaseReader(readerOptions),
    clock: systemClock,
    logger,
    intervalsMs: { fast: 200, medium: 300, slow: 400 },
    deadlineMs: 2_000,
    connectDeadlineMs: 2_000,
    maxConnectionAgeMs: 600_000,
    ...changed,
  };
  const memory: { current: Readonly<Record<string, unknown>> } = { current: {} };
  const onMemory = (now: Readonly<Record<string, unknown>>) => (memory.current = now);
  const watch = new TargetWatch(settings, {
    id: 'orders',
    target: { id: 'orders', url: new Secret(url), labels: {}, ...target },
    writer,
    memory: {},
    onMemory,
  });
  onTestFinished(() => watch.stop());
  return {
    writer,
    logger,
    memory,
    stop: () => watch.stop(),
    status: (family: string) => watch.statuses().find((status) => status.family === family)?.status,
    reason: (family: string) => watch.statuses().find((status) => status.family === family)?.reason,
    latest: (series: string) => writer.latest(series),
    /** The sum of the latest values of all series of this name whose labels hold this text. */
    total: (name: string, label: string) => {
      const points = Object.entries(writer.passes.at(-1)?.points ?? {});
      const those = points.filter(([series]) => series.startsWith(name) && series.includes(label));
      return those.reduce((sum, [, value]) => sum + value, 0);
    },
    /** All values that a series had, in order. */
    values: (series: string) => writer.passes.flatMap(({ points }) => points[series] ?? []),
  };
}
