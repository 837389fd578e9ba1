import type { OnApplicationShutdown } from '@nestjs/common';
import { createClient, httpBus, kafkaBus } from '@omninode/client';
import type { Client } from '@omninode/client';
import { errorCode } from '@omninode/contracts';
import type { BusPublisher } from '@omninode/contracts';
import { kafkaClient } from '@omninode/kafka-link';
import type { KafkaProducer } from '@omninode/kafka-link';
import { stateLog } from '@omninode/service-kit';
import type { Logger, ShutdownReports, StateLog } from '@omninode/service-kit';
import type { DemoConfig } from '../demo.config.js';
import { errors } from '../errors.js';
import { pause } from '../pause.js';

export interface MeshLinkOptions {
  readonly mesh: DemoConfig['mesh'];
  readonly instance: string;
  readonly logger: Logger;
  readonly shutdownReports: ShutdownReports;
}

/** How long the last records may take. */
const lastFlushMs = 1_500;
/** Often enough that a person who watches the demo sees what happens. */
const intervalMs = 5_000;

/** The client SDK of this service, and its way to the mesh. */
export class MeshLink implements OnApplicationShutdown {
  readonly client: Client;
  readonly #log: StateLog;
  readonly #end = new AbortController();
  #producer: KafkaProducer | undefined;

  /** Throws MESH_GIVEN_TWICE. */
  constructor(private readonly options: MeshLinkOptions) {
    const { instance, logger } = options;
    this.#log = stateLog(logger);
    this.client = createClient({
      service: 'demo-bridge',
      instance,
      bus: this.#told(this.#bus()),
      intervalMs,
      slowAfterMs: { 'database.daily_report': 1_000, '*': 500 },
      onProblem: (error) => logger.debug('The client reports a problem.', { code: errorCode(error), error }),
    });
  }

  /** The client first: what it has goes out by the producer. */
  async onApplicationShutdown(): Promise<void> {
    this.#end.abort();
    const { undelivered } = await this.client.close(lastFlushMs);
    this.options.shutdownReports.add({ source: 'client', undelivered });
    await this.#producer?.disconnect();
  }

  #bus(): BusPublisher {
    const { url, token, brokers } = this.options.mesh;
    if (url && brokers) throw errors.MESH_GIVEN_TWICE();
    if (url) return httpBus({ url: url.reveal(), ...(token && { token: token.reveal() }), timeoutMs: 5_000 });
    if (brokers) return kafkaBus(this.#connect(brokers));
    this.options.logger.info(
      'No mesh is given (--mesh-http or --mesh-brokers): what the client measures goes nowhere.',
    );
    return nowhere;
  }

  #connect(brokers: readonly string[]): KafkaProducer {
    const producer = kafkaClient({ brokers, clientId: 'demo-bridge-client' }).producer();
    this.#producer = producer;
    void this.#keepConnecting(producer);
    return producer;
  }

  async #keepConnecting(producer: KafkaProducer): Promise<void> {
    do {
      try {
        return await producer.connect();
      } catch (error) {
        this.#log.failing('mesh', 'The mesh can not be reached.', { code: errorCode(error) });
      }
    } while (await pause(2_000, this.#end.signal));
  }

  /** Says when the mesh takes no measurements any more, and when it takes them again. */
  #told(bus: BusPublisher): BusPublisher {
    return {
      publish: async (records) => {
        try {
          const positions = await bus.publish(records);
          this.#log.working('mesh', 'The mesh takes measurements again.');
          return positions;
        } catch (error) {
          this.#log.failing('mesh', 'The mesh takes no measurements.', { code: errorCode(error), error });
          throw error;
        }
      },
    };
  }
}

const nowhere: BusPublisher = {
  publish: async (records) => records.map(({ topic }) => ({ topic, partition: -1, offset: -1 })),
};
