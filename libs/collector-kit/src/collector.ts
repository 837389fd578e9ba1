import type { Bus, MeasurementPublisher, Metrics, Topics } from '@omninode/contracts';
import { errors } from './errors.js';
import type { AnyFamily, Lane } from './family/define-family.js';
import { systemClock } from './loop/clock.js';
import type { Clock } from './loop/clock.js';
import type { Logger } from './loop/logger.js';
import { MemoryTopic } from './ownership/memory-topic.js';
import { Ownership } from './ownership/ownership.js';
import type { OwnedTarget } from './ownership/ownership.js';
import type { Reader } from './reader.js';

export interface CollectorOptions<Target extends { readonly id: string }, Query> {
  /** `database`, `kafka`, `cache` or `breaker`: part of the producer's name, the group and the memory keys. */
  readonly kind: string;
  /** In the order in which a pass reads them. */
  readonly families: readonly AnyFamily<Query>[];
  readonly reader: Reader<Target, Query>;
  /** Targets of the configuration file, the same on every replica. */
  readonly targets: readonly Target[];
  /** Makes a target of a record of the target topic. Throws a coded error that says what is wrong with it. */
  readonly parseAnnouncement: (id: string, announcement: Readonly<Record<string, unknown>>) => Target;
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
  /** What this process has in hand now. */
  targets(): readonly OwnedTarget[];
}

/** A collector process of one kind: it takes its share of the targets and reads their families, each in its lane. */
export function createCollector<Target extends { readonly id: string }, Query>(
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
    configured: byId(kind, options.targets),
    parseAnnouncement: options.parseAnnouncement,
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
        if (!isStopped) logger.error({ error }, 'The collector can not begin.');
      });
    },
    async stop() {
      isStopped = true;
      ownership.cancel();
      await beginning;
      await ownership.end();
    },
    targets: () => ownership.targets(),
  };
}

function byId<Target extends { readonly id: string }>(
  kind: string,
  targets: readonly Target[],
): ReadonlyMap<string, Target> {
  const targetOf = new Map(targets.map((target) => [target.id, target]));
  const twice = targets.find((target) => targetOf.get(target.id) !== target);
  if (twice) throw errors.TARGET_LISTED_TWICE({ kind, target: twice.id });
  return targetOf;
}

/** What the compiler can't see: two families of one name or metric, kinds that no recorder function exists for. */
function assertFamilies(families: readonly AnyFamily[]): void {
  const names = new Set<string>();
  for (const family of families) {
    if (names.has(family.name)) throw errors.FAMILY_LISTED_TWICE({ family: family.name, metric: 'nothing' });
    names.add(family.name);
    for (const [metric, { kind }] of Object.entries(family.metrics as Metrics)) {
      if (kind !== 'gauge' && kind !== 'counter') throw errors.NOT_RECORDABLE({ metric, kind });
      if (names.has(metric)) throw errors.FAMILY_LISTED_TWICE({ family: family.name, metric });
      names.add(metric);
    }
  }
}
