import { Logger, type DynamicModule } from '@nestjs/common';
import { BusModule, type BusModuleOptions } from '@omninode/bus';
import { errorCode, topicNames, type Bus } from '@omninode/contracts';
import { openEmbeddedBus, type EmbeddedBusOptions } from './embedded-bus.js';

export interface EmbeddedTransportOptions
  extends Omit<EmbeddedBusOptions, 'topics' | 'onError'>, Omit<BusModuleOptions, 'open'> {}

/** Gives the application the bus in one SQLite file. */
export const EmbeddedTransportModule = {
  forRoot({ folder, partitions, durability, sweepEveryMs, nowMs, ...module }: EmbeddedTransportOptions): DynamicModule {
    const logger = new Logger('EmbeddedBus');
    const onError = (error: unknown) => logger.warn(`${errorCode(error)} ${(error as Error).message}`);
    const topics = topicNames(module.producer);
    const options = { folder, partitions, durability, sweepEveryMs, nowMs, topics, onError };
    return BusModule.forRoot({ ...module, open: () => openPrepared(options) });
  },
};

/** The topics are there before anybody asks for them. */
async function openPrepared(options: EmbeddedBusOptions): Promise<Bus> {
  const bus = openEmbeddedBus(options);
  await bus.prepareTopics();
  return bus;
}
