import type { ModuleMetadata } from '@nestjs/common';
import type { Configuration } from '../configuration/load-configuration.js';
import type { Sections } from '../configuration/setting.js';
import type { Logger } from '../log/logger.js';
import type { Readiness } from './readiness.js';
import type { ShutdownReports } from './shutdown-reports.js';

/** What a service's modules are made from. */
export interface ServiceContext<S extends Sections = Record<never, never>> {
  readonly configuration: Configuration<S>;
  /** Tells the replicas of a service apart: `host:port`, or `host:process id` where the system chooses the port. */
  readonly instance: string;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly shutdownReports: ShutdownReports;
  /** Aborts when the process begins to stop. */
  readonly stopping: AbortSignal;
}

export type Modules = NonNullable<ModuleMetadata['imports']>;
/** Chooses the modules of a service, with the typed configuration at hand. */
export type CreateModules<S extends Sections> = (context: ServiceContext<S>) => Modules | Promise<Modules>;
