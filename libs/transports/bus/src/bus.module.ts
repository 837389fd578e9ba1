import {
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { errorCode, topicNames, type Bus, type Topics } from '@omninode/contracts';
import { createPublisher, type Publisher, type PublisherOptions } from '@omninode/publisher';
import { MeshServer } from './mesh-server.js';
import { startPublisherReport, type ReportedService } from './publisher-report.js';
import { BUS, PUBLISHER, TOPICS } from './tokens.js';

export interface BusModuleOptions {
  /** Opens the transport's bus. A rejection fails the start of the application with the transport's own message. */
  readonly open: () => Promise<Bus>;
  /** The producer part of the topic names. Default `omninode-mesh`. */
  readonly producer?: string;
  /** How measurements are sent; `spool` names the folder where they wait when the bus does not take them. */
  readonly publisher?: Omit<PublisherOptions, 'bus' | 'topic'>;
  /** Publishes how the publisher itself fares, under this name. */
  readonly report?: ReportedService;
  /** How long the last flush may take, ms. Default 3 000. */
  readonly flushTimeoutMs?: number;
  /** Told on closing how many records were neither delivered nor spooled. */
  onClosed?(undelivered: number): void;
}

type Life = Pick<BusModuleOptions, 'report' | 'flushTimeoutMs' | 'onClosed'>;

const LIFE = Symbol('omninode:bus-life');

/**
 * Gives every module of the application the bus (`BUS`), the topic names (`TOPICS`), the publisher of measurements
 * (`PUBLISHER`) and the `MeshServer` to listen with. Transports build their own module with it.
 */
@Module({})
export class BusModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private report: { stop(): void } | undefined;

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(PUBLISHER) private readonly publisher: Publisher,
    @Inject(LIFE) private readonly life: Life,
  ) {}

  static forRoot({ open, producer, publisher, ...life }: BusModuleOptions): DynamicModule {
    const logger = new Logger('Publisher');
    const onProblem = (error: unknown) => logger.warn(`${errorCode(error)} ${(error as Error).message}`);
    return {
      module: BusModule,
      global: true,
      providers: [
        { provide: BUS, useFactory: open },
        { provide: TOPICS, useValue: topicNames(producer) },
        { provide: LIFE, useValue: life },
        {
          provide: PUBLISHER,
          useFactory: (bus: Bus, { measurement }: Topics) =>
            createPublisher({ onProblem, ...publisher, bus, topic: measurement }),
          inject: [BUS, TOPICS],
        },
        {
          provide: MeshServer,
          useFactory: (bus: Bus, topics: Topics) => new MeshServer(bus, topics),
          inject: [BUS, TOPICS],
        },
      ],
      exports: [BUS, TOPICS, PUBLISHER, MeshServer],
    };
  }

  onApplicationBootstrap(): void {
    if (this.life.report) this.report = startPublisherReport(this.publisher, this.life.report);
  }

  beforeApplicationShutdown(): void {
    this.report?.stop();
  }

  /** The publisher first: what it has goes out over the bus. */
  async onApplicationShutdown(): Promise<void> {
    const remainder = await this.publisher.close(this.life.flushTimeoutMs ?? 3_000);
    const { undelivered } = await this.bus.close();
    this.life.onClosed?.(undelivered + remainder.undelivered);
  }
}
