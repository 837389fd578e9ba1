/**
 * A service with the faults that its flags ask for, run as a process of its own by the tests: a slow request, a lost flush,
 * parts that hang or fail while they close, an error that nobody catches.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Global, Inject, Injectable, Module, Query } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { runService } from '../service/run-service.js';
import { CONFIGURATION, LOGGER } from '../service/service.module.js';
import { ShutdownReports } from '../service/shutdown-reports.js';
import { duration } from '../configuration/duration.js';
import { secret } from '../configuration/secret.js';
import type { ConfigurationOf } from '../configuration/setting.js';
import type { Logger } from '../log/logger.js';

const sections = {
  fault: z.object({
    undelivered: z.number().int().min(0).default(0).describe('Records that the last flush loses.'),
    hang: z.enum(['none', 'intake', 'closing', 'start']).default('none').describe('What never ends.'),
    fail: z.enum(['none', 'intake', 'start']).default('none').describe('What throws.'),
    uncaughtAfter: duration().optional().describe('When an error is thrown that nobody catches.'),
    password: secret().optional().describe('Something that must not be seen.'),
  }),
};
type Faults = ConfigurationOf<typeof sections>;

@Controller()
class SlowController {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Answers after so many ms. */
  @Get('slow')
  async slow(@Query('ms') ms: string): Promise<{ waitedMs: number }> {
    this.logger.info('The slow request begins.');
    await sleep(Number(ms));
    return { waitedMs: Number(ms) };
  }

  @Get('broken')
  broken(): never {
    throw new Error('connect postgres://app:hunter2@db/orders failed');
  }
}

/** Stands for a consumer: what it does on closing can hang or fail. */
@Injectable()
class Intake implements BeforeApplicationShutdown {
  constructor(@Inject(CONFIGURATION) private readonly configuration: Faults) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (this.configuration.fault.hang === 'intake') await new Promise(() => undefined);
    if (this.configuration.fault.fail === 'intake') throw new Error('the consumer broke');
  }
}

/** Stands for a producer: its last flush can hang or lose records. */
@Injectable()
class Flush implements OnApplicationShutdown {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Faults,
    private readonly reports: ShutdownReports,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.configuration.fault.hang === 'closing') await new Promise(() => undefined);
    this.logger.info('The last flush ran.');
    this.reports.add({ source: 'test bus', undelivered: this.configuration.fault.undelivered });
  }
}

@Global()
@Module({ controllers: [SlowController], providers: [Intake, Flush] })
class FaultModule {}

await runService(
  'faulty-service',
  async ({ configuration, logger }) => {
    const { fault } = configuration;
    logger.info('A secret is written.', { fault, text: `${fault.password}` });
    if (fault.hang === 'start') await sleep(60_000);
    if (fault.fail === 'start') throw new Error('connect redis://:hunter2@cache:6379 failed');
    if (fault.uncaughtAfter !== undefined) {
      setTimeout(() => {
        throw Object.assign(new Error('nobody catches this'), { code: 'E_NOBODY' });
      }, fault.uncaughtAfter);
    }
    return [FaultModule];
  },
  { sections },
);
