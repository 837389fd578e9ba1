import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames } from '@omninode/contracts';
import { startKafka, type KafkaCluster, type KafkaOptions } from '@omninode/local-services';
import { startLoad, startMeshProcess, watchReplicas, type Load, type MeshProcess, type Watch } from '@omninode/testing';
import { openKafkaBus } from '@omninode/transport-kafka';

/** A Kafka, aggregators that are real processes, and producers that know what must come out. */
export interface MeshOnKafka {
  readonly kafka: KafkaCluster;
  readonly folder: string;
  /** The aggregators that run, in the order of their start. */
  readonly aggregators: readonly MeshProcess[];
  readonly load: Load;
  readonly watch: Watch;
  /** Resolves when it is ready. `env` adds to its settings. */
  addAggregator(env?: Readonly<Record<string, string>>): Promise<MeshProcess>;
  /** Ends everything and removes its folder. */
  end(): Promise<void>;
}

export const topics = topicNames();
export const partitions = 12;
const settings = {
  // Often, so that faults meet snapshots under way.
  OMNINODE_AGGREGATOR_SNAPSHOT_EVERY: '2s',
  OMNINODE_AGGREGATOR_SUMMARY_EVERY: '500ms',
};

export interface MeshOnKafkaOptions {
  readonly kafka?: KafkaOptions;
  readonly aggregators: number;
  /** Settings of every aggregator. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 36. */
  readonly entities?: number;
  /** Default 12. */
  readonly partitions?: number;
}

export async function startMeshOnKafka(options: MeshOnKafkaOptions): Promise<MeshOnKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-mesh-'));
  const count = options.partitions ?? partitions;
  const kafka = await startKafka(options.kafka);
  const bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'load' }, topics, partitions: count });
  const started: MeshProcess[] = [];
  const running = () => started.filter(({ isRunning }) => isRunning);
  await bus.prepareTopics();
  const load = startLoad({
    bus,
    topic: topics.measurement,
    entities: options.entities ?? 36,
    everyMs: 100,
    publisher: { spool: { directory: join(folder, 'spool') } },
  });
  const watch = watchReplicas(running);
  const mesh: MeshOnKafka = {
    kafka,
    folder,
    load,
    watch,
    get aggregators() {
      return running();
    },
    async addAggregator(env = {}) {
      const name = `aggregator-${started.length + 1}`;
      const aggregator = await startMeshProcess({
        app: 'aggregator',
        name,
        env: {
          ...settings,
          ...options.env,
          OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
          OMNINODE_BUS_PARTITIONS: String(count),
          OMNINODE_DATA_DIR: join(folder, name),
          ...env,
        },
      });
      started.push(aggregator);
      return aggregator;
    },
    async end() {
      await watch.stop();
      await load.publisher.close(1_000);
      await Promise.all(running().map((aggregator) => aggregator.kill()));
      await bus.close();
      await kafka.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (let nth = 0; nth < options.aggregators; nth++) await mesh.addAggregator();
  return mesh;
}
