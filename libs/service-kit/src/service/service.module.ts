import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HealthController } from '../http/health.controller.js';
import { Readiness } from './readiness.js';
import { ShutdownReports } from './shutdown-reports.js';
import type { Modules, ServiceContext } from './service-context.js';
import type { Sections } from '../configuration/setting.js';

/** Injects the process's `Logger`. */
export const LOGGER = Symbol('LOGGER');
/** Injects the frozen `Configuration`. Prefer to pass a part of it on when the modules are made. */
export const CONFIGURATION = Symbol('CONFIGURATION');
/** Injects the `AbortSignal` that aborts when the process begins to stop: for event streams and loops. */
export const STOPPING = Symbol('STOPPING');

/** The root of every service: the modules that it is made of, and what the kit gives them. */
export function serviceModule<S extends Sections>(context: ServiceContext<S>, imports: Modules): DynamicModule {
  const provided = [
    { provide: LOGGER, useValue: context.logger },
    { provide: CONFIGURATION, useValue: context.configuration },
    { provide: STOPPING, useValue: context.stopping },
    { provide: Readiness, useValue: context.readiness },
    { provide: ShutdownReports, useValue: context.shutdownReports },
  ];
  return {
    module: ServiceModule,
    global: true,
    imports,
    controllers: [HealthController],
    providers: provided,
    exports: provided.map(({ provide }) => provide),
  };
}

@Module({})
class ServiceModule {}
