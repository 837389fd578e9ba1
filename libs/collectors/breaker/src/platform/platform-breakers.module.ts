import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { BUS, PUBLISHER, TOPICS } from '@omninode/bus';
import type { Bus, MeasurementPublisher, Topics } from '@omninode/contracts';
import type { Logger } from '@omninode/service-kit';
import { PlatformBreakers } from './platform-breakers.js';
import type { PlatformConfig } from './platform.config.js';

export interface PlatformBreakersModuleOptions {
  readonly config: PlatformConfig;
  readonly logger: Logger;
}

const READER = Symbol('omninode:platform-breakers');

/** Reads the platform's own breaker events from the bus that carries the mesh. */
@Module({})
export class PlatformBreakersModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(READER) private readonly reader: PlatformBreakers) {}

  static forRoot({ config, logger }: PlatformBreakersModuleOptions): DynamicModule {
    const owner = `${hostname()}/${process.pid}/${randomUUID()}`;
    return {
      module: PlatformBreakersModule,
      providers: [
        {
          provide: READER,
          useFactory: (bus: Bus, { memory: memoryTopic }: Topics, publisher: MeasurementPublisher) =>
            new PlatformBreakers({
              config,
              bus,
              memoryTopic,
              publisher,
              owner,
              logger: logger.child({ component: 'platform-breakers' }),
              nowMs: () => Date.now(),
            }),
          inject: [BUS, TOPICS, PUBLISHER],
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.reader.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.reader.stop();
  }
}
