import { Inject, Logger, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { topicNames } from '@omninode/contracts';
import type { Bus, Topics } from '@omninode/contracts';
import { BUS, TOPICS } from './tokens.js';
import { MeshServer } from './mesh-server.js';

export interface BusModuleOptions {
  /** Opens the transport's bus. A rejection fails the start of the application with the transport's own message. */
  readonly open: () => Promise<Bus>;
  /** The producer part of the topic names. Default `omninode-mesh`. */
  readonly producer?: string;
}

/**
 * Gives every module of the application the bus (`BUS`), the topic names (`TOPICS`) and the `MeshServer` to listen with:
 * `app.connectMicroservice({ strategy: app.get(MeshServer) })`. Transports build their own module with it.
 */
@Module({})
export class BusModule implements OnApplicationShutdown {
  private readonly logger = new Logger('Bus');

  constructor(@Inject(BUS) private readonly bus: Bus) {}

  static forRoot({ open, producer }: BusModuleOptions): DynamicModule {
    return {
      module: BusModule,
      global: true,
      providers: [
        { provide: BUS, useFactory: open },
        { provide: TOPICS, useValue: topicNames(producer) },
        {
          provide: MeshServer,
          useFactory: (bus: Bus, topics: Topics) => new MeshServer(bus, topics),
          inject: [BUS, TOPICS],
        },
      ],
      exports: [BUS, TOPICS, MeshServer],
    };
  }

  /** Nest only logs what a shutdown hook throws, so a lost last flush is made visible in the exit code. */
  async onApplicationShutdown(): Promise<void> {
    const { undelivered } = await this.bus.close();
    if (undelivered === 0) return;
    this.logger.error(`${undelivered} records were not acknowledged before the end: they may be lost.`);
    process.exitCode = 1;
  }
}
