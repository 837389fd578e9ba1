import { systemClock, TargetWatch } from '@omninode/collector-kit';
import type { WatchSettings } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { onTestFinished } from 'vitest';
import { kafkaFamilies } from '../families.js';
import { kafkaConfig } from '../kafka.config.js';
import type { KafkaConfig } from '../kafka.config.js';
import { familyDeadlineMs } from '../kafka-watch.js';
import { kafkaReader } from '../kafka.reader.js';
import type { KafkaTarget } from '../kafka-target.js';
import { selectionOf } from '../selection/selection.js';
import type { KafkaQuery } from '../sweep/sweep-parts.js';

export interface WatchOptions {
  readonly config?: Parameters<typeof kafkaConfig.parse>[0];
  readonly target?: Partial<KafkaTarget>;
  /** What an earlier owner left. */
  readonly memory?: Readonly<Record<string, unknown>>;
  readonly requestTimeoutMs?: number;
  readonly settings?: Partial<WatchSettings<KafkaTarget, KafkaQuery>>;
}

/** Watches a real cluster as the collector does, with lanes of fractions of a second, until the test ends. */
export function watchCluster(brokers: readonly string[], options: WatchOptions = {}) {
  const { requestTimeoutMs = 1_000 } = options;
  const config: KafkaConfig = kafkaConfig.parse(options.config ?? withDefaults);
  const [writer, logger] = [new RecordingWriter(), new KeptLogger()];
  const settings: WatchSettings<KafkaTarget, KafkaQuery> = {
    families: kafkaFamilies,
    reader: kafkaReader({ selection: selectionOf(config), connectTimeoutMs: 2_000, requestTimeoutMs }),
    clock: systemClock,
    logger,
    intervalsMs: { fast: 600, medium: 700, slow: 800 },
    deadlineMs: familyDeadlineMs(requestTimeoutMs),
    connectDeadlineMs: 2_000,
    maxConnectionAgeMs: 600_000,
    ...options.settings,
  };
  const memory: { current: Readonly<Record<string, unknown>> } = { current: options.memory ?? {} };
  const watch = new TargetWatch(settings, {
    id: 'events',
    target: { id: 'events', brokers, labels: {}, ...options.target },
    writer,
    memory: memory.current,
    // As it comes back from the memory topic.
    onMemory: (now) => (memory.current = JSON.parse(JSON.stringify(now)) as Readonly<Record<string, unknown>>),
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
    /** What the newest pass that tells anything of this metric tells: labels → value. */
    newest: (name: string) => {
      const pass = writer.passes.findLast(({ points }) =>
        Object.keys(points).some((series) => series.startsWith(`${name}{`)),
      );
      const points = Object.entries(pass?.points ?? {}).filter(([series]) => series.startsWith(`${name}{`));
      return Object.fromEntries(points.map(([series, value]) => [series.slice(name.length), value]));
    },
    values: (series: string) => writer.passes.flatMap(({ points }) => points[series] ?? []),
  };
}

/** Sections have to be there to get their defaults. */
export const withDefaults = { topics: {}, groups: {}, deadLetters: {} };
