import { Logger, type DynamicModule } from '@nestjs/common';
import { BusModule } from '@omninode/bus';
import { errorCode, topicNames } from '@omninode/contracts';
import { openEmbeddedBus, type EmbeddedBusOptions } from './embedded-bus.js';

/** Gives the application the bus in one SQLite file. */
export const EmbeddedTransportModule = {
  forRoot({
    producer,
    ...options
  }: Omit<EmbeddedBusOptions, 'topics' | 'onError'> & { readonly producer?: string }): DynamicModule {
    const logger = new Logger('EmbeddedBus');
    const onError = (error: unknown) => logger.warn(`${errorCode(error)} ${(error as Error).message}`);
    return BusModule.forRoot({
      open: async () => openEmbeddedBus({ ...options, topics: topicNames(producer), onError }),
      ...(producer === undefined ? {} : { producer }),
    });
  },
};
