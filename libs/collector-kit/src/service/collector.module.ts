import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { BUS, PUBLISHER, TOPICS } from '@omninode/bus';
import type { Bus, MeasurementPublisher, Topics } from '@omninode/contracts';
import type { Logger, Readiness } from '@omninode/service-kit';
import { createCollector } from '../collector.js';
import type { Collector, CollectorOptions } from '../collector.js';
import type { WatchableTarget } from '../reader.js';

/** What a kind of collector is made of; the mesh it works in is injected. */
export interface CollectorModuleOptions<Target extends WatchableTarget, Query> extends Omit<
  CollectorOptions<Target, Query>,
  'bus' | 'topics' | 'publisher' | 'owner' | 'logger'
> {
  readonly logger: Logger;
  /** Learns whether the collector has joined its group. */
  readonly readiness?: Readiness;
}

const COLLECTOR = Symbol('omninode:collector');

/** A collector in a service: begins with it, ends before its publisher does. */
@Module({})
export class CollectorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(COLLECTOR) private readonly collector: Collector) {}

  /** `token`: under which others may inject the `Collector`. */
  static forRoot<Target extends WatchableTarget, Query>(
    token: symbol,
    options: CollectorModuleOptions<Target, Query>,
  ): DynamicModule {
    return {
      module: CollectorModule,
      providers: [
        {
          provide: COLLECTOR,
          useFactory: (bus: Bus, topics: Topics, publisher: MeasurementPublisher) =>
            createInService(options, { bus, topics, publisher }),
          inject: [BUS, TOPICS, PUBLISHER],
        },
        { provide: token, useExisting: COLLECTOR },
      ],
      exports: [token],
    };
  }

  /** Nothing is awaited: a target or a bus that is away is tried again, the process runs. */
  onApplicationBootstrap(): void {
    this.collector.start();
  }

  /** Connections and producers are closed here, the publisher's last flush comes after it. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.collector.stop();
  }
}

function createInService<Target extends WatchableTarget, Query>(
  { logger, readiness, ...options }: CollectorModuleOptions<Target, Query>,
  mesh: { readonly bus: Bus; readonly topics: Topics; readonly publisher: MeasurementPublisher },
): Collector {
  const { kind } = options;
  const collector = createCollector({
    ...options,
    ...mesh,
    logger: logger.child({ component: `${kind}-collector` }),
    owner: `${hostname()}/${process.pid}/${randomUUID()}`,
  });
  readiness?.add({
    name: `${kind} collector`,
    check: () => (collector.hasJoined ? { ready: true } : { ready: false, reason: 'It has not joined its group yet.' }),
  });
  return collector;
}
