import type { Bus, MeasurementPublisher, Metric, Metrics, Topics } from '@omninode/contracts';
import { collectorMetrics } from './collector.metrics.js';
import { errors } from './errors.js';
import type { AnyFamily, Lane } from './family/define-family.js';
import { systemClock } from './loop/clock.js';
import type { Clock } from './loop/clock.js';
import type { Logger } from './loop/logger.js';
import type { ReadTarget } from './ownership/announcement.js';
import { MemoryTopic } from './ownership/memory-topic.js';
import { Ownership } from './ownership/ownership.js';
import type { OwnedTarget } from './ownership/ownership.js';
import type { Reader, WatchableTarget } from './reader.js';

export interface CollectorOptions<Target extends WatchableTarget, Query> {
  /** `database`, `kafka`, `cache` or `breaker`: part of the producer's name, the group and the memory keys. */
  readonly kind: string;
  /** In the order in which a pass reads them. */
  readonly families: readonly AnyFamily<Query>[];
  readonly reader: Reader<Target, Query>;
  /** Targets of the configuration file, the same on every replica. */
  readonly targets: readonly Target[];
  /** Makes a target of a record of the target topic. Throws a coded error that says what is wrong with it. */
  readonly readTarget: ReadTarget<Target>;
  readonly bus: Bus;
  readonly topics: Topics;
  readonly publisher: MeasurementPublisher;
  readonly logger: Logger;
  /** Names this process among all that ever were: host, process and something random. */
  readonly owner: string;
  readonly intervalsMs?: Partial<Record<Lane, number>>;
  /** How long one answer may take. Default 5 000. */
  readonly deadlineMs?: number;
  /** Default 5 000. */
  readonly connectDeadlineMs?: number;
  /** After this a connection is made anew, so that a password that no longer holds shows. Default 600 000. */
  readonly maxConnectionAgeMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface Collector {
  /** Begins to join the group and to watch. Nothing is awaited: what can't be reached is tried again. */
  start(): void;
  /** Leaves the group, ends every watch, closes every connection and producer. */
  stop(): Promise<void>;
  /** Whether it is a member of its group, so that it has its share of the targets. */
  readonly hasJoined: boolean;
  /** What this process has in hand now. */
  targets(): readonly OwnedTarget[];
}

/** A collector process of one kind: it takes its share of the targets and reads their families, each in its lane. */
export function createCollector<Target extends WatchableTarget, Query>(
  options: CollectorOptions<Target, Query>,
): Collector {
  const { kind, families, reader, bus, topics, publisher, logger, owner, clock = systemClock } = options;
  assertFamilies(families);
  const role = `${kind}-collector`;
  const ownership = new Ownership<Target, Query>({
    kind,
    bus,
    publisher,
    targetTopic: topics.target,
    group: `omninode-mesh.${role}`,
    memoryTopic: new MemoryTopic(bus, topics.memory, role, owner, logger),
    configured: byId(kind, options.targets, labelsOf(families)),
    readTarget: async (announcement) => {
      const target = await options.readTarget(announcement);
      assertLabels(target, labelsOf(families));
      return target;
    },
    settings: {
      families,
      reader,
      clock,
      logger,
      intervalsMs: { fast: 10_000, medium: 60_000, slow: 600_000, ...options.intervalsMs },
      deadlineMs: options.deadlineMs ?? 5_000,
      connectDeadlineMs: options.connectDeadlineMs ?? 5_000,
      maxConnectionAgeMs: options.maxConnectionAgeMs ?? 600_000,
    },
  });
  let beginning: Promise<void> | undefined;
  let isStopped = false;
  return {
    start() {
      beginning ??= ownership.begin().catch((error: unknown) => {
        if (!isStopped) logger.error('The collector can not begin.', { error });
      });
    },
    async stop() {
      isStopped = true;
      ownership.cancel();
      await beginning;
      await ownership.end();
    },
    get hasJoined() {
      return ownership.hasJoined;
    },
    targets: () => ownership.targets(),
  };
}

function byId<Target extends WatchableTarget>(
  kind: string,
  targets: readonly Target[],
  taken: ReadonlySet<string>,
): ReadonlyMap<string, Target> {
  const targetOf = new Map(targets.map((target) => [target.id, target]));
  const twice = targets.find(({ id }, at) => targets.findIndex((other) => other.id === id) !== at);
  if (twice) throw errors.TARGET_LISTED_TWICE({ kind, target: twice.id });
  for (const target of targets) assertLabels(target, taken);
  return targetOf;
}

function labelsOf(families: readonly AnyFamily[]): ReadonlySet<string> {
  const metrics = [collectorMetrics, ...families.map((family) => family.metrics as Metrics)].flatMap(
    Object.values<Metric>,
  );
  return new Set(metrics.flatMap(({ labels }) => labels));
}

/** A label of a target that a metric has too would make two labels of one name. */
function assertLabels({ id, labels }: WatchableTarget, taken: ReadonlySet<string>): void {
  const label = Object.keys(labels).find((name) => taken.has(name));
  if (label) throw errors.LABEL_TAKEN({ target: id, label });
}

/** What the compiler can't see: two families of one name or metric, kinds that no recorder function exists for. */
function assertFamilies(families: readonly AnyFamily[]): void {
  const names = new Set<string>();
  for (const family of families) {
    if (names.has(family.name)) throw errors.FAMILY_LISTED_TWICE({ family: family.name, metric: 'nothing' });
    names.add(family.name);
    for (const [metric, { kind }] of Object.entries(family.metrics as Metrics)) {
      if (kind === 'histogram') throw errors.NOT_RECORDABLE({ metric, kind });
      if (names.has(metric)) throw errors.FAMILY_LISTED_TWICE({ family: family.name, metric });
      names.add(metric);
    }
  }
}
