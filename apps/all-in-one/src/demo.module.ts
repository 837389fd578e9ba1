import type { Server } from 'node:http';
import { Inject, Module } from '@nestjs/common';
import type {
  BeforeApplicationShutdown,
  DynamicModule,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BUS, TOPICS } from '@omninode/bus';
import type { Bus, Topics } from '@omninode/contracts';
import { CONFIGURATION, LOGGER } from '@omninode/service-kit';
import type { Logger } from '@omninode/service-kit';
import { DemoRun } from './demo-run.js';
import type { DemoSettings } from './demo-run.js';
import { DemoTargets } from './demo-targets.js';
import type { Demo } from './demo.js';

/** Begins the demo when the product answers, and ends it with the product: the bridge first, the servers after those who watch them. */
@Module({})
export class DemoModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(DemoRun) private readonly run: DemoRun,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  static forRoot(demo: Demo): DynamicModule {
    return {
      module: DemoModule,
      providers: [
        {
          provide: DemoRun,
          useFactory: (bus: Bus, topics: Topics, settings: DemoSettings, logger: Logger) =>
            new DemoRun(demo, new DemoTargets(bus, topics), settings, logger),
          inject: [BUS, TOPICS, CONFIGURATION, LOGGER],
        },
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.run.prepare();
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.once('listening', () => {
      const address = server.address();
      if (typeof address === 'object' && address) this.run.begin(`http://127.0.0.1:${address.port}`);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.run.endBridge();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.run.endServers();
  }
}
