import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Client } from '@omninode/client';
import type { ServiceContext } from '@omninode/service-kit';
import { Breakers } from './breakers/breakers.js';
import { seededChance } from './chance.js';
import { ClassifierClient } from './classifier/classifier-client.js';
import { ClassifierController } from './classifier/classifier.controller.js';
import { ClassifierState } from './classifier/classifier-state.js';
import type { demoConfig } from './demo.config.js';
import { HookForwarder } from './hooks/hook-forwarder.js';
import { HookKeeper } from './hooks/hook-keeper.js';
import { HookProcessor } from './hooks/hook-processor.js';
import { HookReceiver } from './hooks/hook-receiver.js';
import { HookStore } from './hooks/hook-store.js';
import { HooksController } from './hooks/hooks.controller.js';
import { cacheFlush } from './incidents/cache-flush.js';
import { deadLetters } from './incidents/dead-letters.js';
import { failingDependency } from './incidents/failing-dependency.js';
import { IncidentDriver } from './incidents/incident-driver.js';
import { poolExhaustion } from './incidents/pool-exhaustion.js';
import { slowQuery } from './incidents/slow-query.js';
import { LoadDriver } from './load/load-driver.js';
import { MeshLink } from './mesh/mesh-link.js';
import { OwnAddress } from './own-address.js';
import { PlatformController } from './platform/platform.controller.js';
import { findRule } from './queries.js';
import { RedisTier } from './rules/redis-tier.js';
import { RuleCache } from './rules/rule-cache.js';
import { HookStream } from './stream/hook-stream.js';
import { CLIENT, REDIS, STREAM } from './tokens.js';

type Context = ServiceContext<{ readonly demo: typeof demoConfig }>;

@Module({})
class BridgeModule {}

/** The service, with what its configuration gives it. What it is not given is said once. */
export function bridgeModules(context: Context): DynamicModule[] {
  return [
    {
      module: BridgeModule,
      controllers: [HooksController, ClassifierController, PlatformController],
      providers: [
        ...outside(context),
        ...drivers(context),
        OwnAddress,
        Breakers,
        ClassifierState,
        ClassifierClient,
        HookKeeper,
        HookProcessor,
        HookForwarder,
        HookReceiver,
      ],
    },
  ];
}

/** What it is connected to. */
function outside({ configuration: { demo }, instance, logger, readiness, shutdownReports }: Context): Provider[] {
  const { mesh, database, poolSize, redis, kafka } = demo;
  if (!redis) logger.info('No Redis is given (--redis): the cache is in this process only.');
  if (!kafka) logger.info('No Kafka is given (--kafka): hooks are stored and processed at once.');
  return [
    { provide: MeshLink, useFactory: () => new MeshLink({ mesh, instance, logger, shutdownReports }) },
    { provide: CLIENT, useFactory: ({ client }: MeshLink) => client, inject: [MeshLink] },
    {
      provide: HookStore,
      useFactory: (client: Client) => {
        const store = new HookStore({ url: database.reveal(), poolSize, logger, readiness });
        client.watchPool('hooks', store.pool);
        return store;
      },
      inject: [CLIENT],
    },
    { provide: REDIS, useFactory: () => (redis ? new RedisTier(redis.reveal(), logger) : null) },
    {
      provide: RuleCache,
      useFactory: (client: Client, tier: RedisTier | null, store: HookStore, breakers: Breakers) =>
        new RuleCache(client, tier, (resource) =>
          breakers.call('database_operations', () => store.ask((pool) => findRule(pool, resource))),
        ),
      inject: [CLIENT, REDIS, HookStore, Breakers],
    },
    {
      provide: STREAM,
      useFactory: (client: Client, processor: HookProcessor) =>
        kafka ? new HookStream({ brokers: kafka, client, processor, logger }) : null,
      inject: [CLIENT, HookProcessor],
    },
  ];
}

/** What happens to it. */
function drivers({ configuration: { demo }, logger }: Context): Provider[] {
  return [
    {
      provide: LoadDriver,
      useFactory: (address: OwnAddress, store: HookStore) =>
        new LoadDriver({ perSecond: demo.requestsPerSecond, chance: seededChance(demo.seed), address, store, logger }),
      inject: [OwnAddress, HookStore],
    },
    {
      provide: IncidentDriver,
      useFactory: (
        classifier: ClassifierState,
        store: HookStore,
        client: Client,
        rules: RuleCache,
        stream: HookStream | null,
      ) =>
        new IncidentDriver({
          incidents: [
            failingDependency(classifier, demo.incidentLasts),
            poolExhaustion(store, demo.incidentLasts, logger),
            slowQuery(store, client, logger),
            cacheFlush(rules),
            deadLetters(stream, logger),
          ],
          config: demo,
          chance: seededChance(demo.seed),
          prepared: store.prepared,
          logger,
        }),
      inject: [ClassifierState, HookStore, CLIENT, RuleCache, STREAM],
    },
  ];
}
