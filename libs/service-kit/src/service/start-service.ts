import { hostname } from 'node:os';
import { NestFactory } from '@nestjs/core';
import type { InjectionToken } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { CodedErrorFilter } from '../http/coded-error.filter.js';
import { assertUsable, createHttpAdapter, listen } from '../http/fastify.js';
import { createLogger } from '../log/logger.js';
import { nestLogger } from '../log/nest-logger.js';
import { guardHooks, guardMethod } from './guard-hooks.js';
import { Pending } from './pending.js';
import { Readiness } from './readiness.js';
import { serviceModule } from './service.module.js';
import { ShutdownReports } from './shutdown-reports.js';
import { stopService } from './stop-service.js';
import type { HookGuard } from './guard-hooks.js';
import type { ConfigurationOptions, LoadedConfiguration } from '../configuration/load-configuration.js';
import type { Sections } from '../configuration/setting.js';
import type { Logger } from '../log/logger.js';
import type { CreateModules, ServiceContext } from './service-context.js';
import type { StopOutcome } from './stop-service.js';

export interface ServiceOptions<S extends Sections = Record<never, never>> extends ConfigurationOptions<S> {
  /** The provider of the transport's `CustomTransportStrategy`: its handlers are served beside HTTP. */
  readonly strategy?: InjectionToken;
  /** Default: made from the configuration's `log`. */
  readonly logger?: Logger;
  /** Called as soon as HTTP answers, before the transport is up. */
  onListening?(url: string): void;
}

export interface StartedService<S extends Sections = Record<never, never>> extends ServiceContext<S> {
  readonly app: NestFastifyApplication;
  /** Where it answers, `http://127.0.0.1:8081`. */
  readonly url: string;
  /** Ends in order; never rejects. Further calls wait for the same end. */
  stop(): Promise<StopOutcome>;
}

/**
 * Starts a service inside this process: configuration, logger, Nest on Fastify, transport. It touches no process signal and
 * no exit code, so that tests can run several. Rejects with a coded error, everything closed again.
 */
export async function startService<S extends Sections = Record<never, never>>(
  name: string,
  createModules: CreateModules<S>,
  options: ServiceOptions<S> = {},
): Promise<StartedService<S>> {
  return startLoaded(name, createModules, options, loadConfiguration(options));
}

/** As `startService`, on a configuration that is loaded already. */
export async function startLoaded<S extends Sections>(
  name: string,
  createModules: CreateModules<S>,
  options: ServiceOptions<S>,
  { values: configuration }: LoadedConfiguration<S>,
): Promise<StartedService<S>> {
  const { http, log, shutdown } = configuration;
  const logger =
    options.logger ?? createLogger({ service: name, level: log.level, ...(log.format && { format: log.format }) });
  const [readiness, shutdownReports, pending, stopping] = [
    new Readiness(),
    new ShutdownReports(),
    new Pending(),
    new AbortController(),
  ];
  await assertUsable(http);
  const instance = `${hostname()}:${http.port || process.pid}`;
  const context: ServiceContext<S> = {
    configuration,
    instance,
    logger,
    readiness,
    shutdownReports,
    stopping: stopping.signal,
  };
  const started = readiness.add({ name: 'start', check: () => ({ ready: false, reason: 'It is starting.' }) });

  const app = await NestFactory.create<NestFastifyApplication>(
    serviceModule(context, await createModules(context)),
    createHttpAdapter(http, pending, stopping.signal),
    { logger: nestLogger(logger), abortOnError: false },
  );
  app.useGlobalFilters(new CodedErrorFilter(logger));
  const failed: string[] = [];
  const intake = Promise.withResolvers<void>();
  const guard: HookGuard = {
    pending,
    intakeOver: intake.promise,
    failed(part, error) {
      failed.push(part);
      logger.error('A part failed while it closed.', { part, error });
    },
  };
  let end: Promise<StopOutcome> | undefined;
  const stop = () =>
    (end ??= stopService({
      app,
      logger,
      pending,
      shutdownReports,
      failed,
      deadlineMs: shutdown.deadline,
      drainDelayMs: shutdown.drainDelay,
      refuse: () => readiness.add({ name: 'stop', check: () => ({ ready: false, reason: 'It is stopping.' }) }),
      interrupt: () => stopping.abort(),
      endIntake: intake.resolve,
    }));

  try {
    if (options.strategy !== undefined) connectStrategy(app, options.strategy, guard);
    guardHooks(app, guard);
    await app.init();
    const url = await listen(app, http);
    options.onListening?.(url);
    await app.startAllMicroservices();
    started();
    return { ...context, app, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function connectStrategy(app: NestFastifyApplication, token: InjectionToken, guard: HookGuard): void {
  const strategy = app.get<CustomTransportStrategy>(token, { strict: false });
  // Nest closes it between the end of intake and the last flush; if it failed, Nest would not get to the flush.
  guardMethod(strategy, 'close', 'closing', guard);
  app.connectMicroservice({ strategy });
}
