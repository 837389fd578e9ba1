import { Logger, type DynamicModule } from '@nestjs/common';
import { BusModule, type BusModuleOptions } from '@omninode/bus';
import { errorCode, topicNames, type Bus } from '@omninode/contracts';
import { openEmbeddedBus, type EmbeddedBusOptions } from './embedded-bus.js';

export interface EmbeddedTransportOptions
  extends Omit<EmbeddedBusOptions, 'topics' | 'onError'>, Omit<BusModuleOptions, 'open'> {}

/** Gives the application the bus in one SQLite file, and what `BusModule` makes of it. */
export const EmbeddedTransportModule = {
  forRoot({
    producer,
    publisher,
    report,
    flushTimeoutMs,
    onClosed,
    ...options
  }: EmbeddedTransportOptions): DynamicModule {
    const logger = new Logger('EmbeddedBus');
    const onError = (error: unknown) =>
      logger.warn(`${errorCode(error)} ${error instanceof Error ? error.message : String(error)}`);
    const open = () => openPrepared({ ...options, topics: topicNames(producer), onError });
    return BusModule.forRoot({ producer, publisher, report, flushTimeoutMs, onClosed, open });
  },
};

/** The topics are there before anybody asks for them. */
async function openPrepared(options: EmbeddedBusOptions): Promise<Bus> {
  const bus = openEmbeddedBus(options);
  await bus.prepareTopics();
  return bus;
}
