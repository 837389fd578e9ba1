import { Inject, Module, type DynamicModule, type OnModuleInit, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LOGGER, stateLog, type Logger } from '@omninode/service-kit';
import type { FastifyInstance } from 'fastify';
import type { ApiConfig } from './api.config.js';
import { Gate } from './intake/gate.js';
import { IntakeTally } from './intake/intake.metrics.js';
import { MEASUREMENT_INTAKE, type MeasurementIntake } from './intake/measurement-intake.js';
import { measurementsRoute } from './intake/measurements-route.js';
import { MeshController } from './mesh.controller.js';
import { MetricsController } from './metrics.controller.js';
import { requireToken } from './require-token.js';

export interface MeshApiOptions {
  readonly config: ApiConfig;
  /** Where the process listens. */
  readonly host: string;
  /** Provides `MESH_VIEW`. */
  readonly view: Provider;
  /** Provides `MEASUREMENT_INTAKE`. */
  readonly intake: Provider;
  /** The modules that these need. */
  readonly imports?: DynamicModule['imports'];
}

const CONFIG = Symbol('omninode:api-config');

/** The HTTP API: what the mesh knows is read by everybody, measurements are taken from those who show a token. */
@Module({})
export class MeshApiModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(MEASUREMENT_INTAKE) private readonly intake: MeasurementIntake,
    @Inject(IntakeTally) private readonly tally: IntakeTally,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws what `requireToken` throws. */
  static forRoot({ config, host, view, intake, imports = [] }: MeshApiOptions): DynamicModule {
    requireToken(config, host);
    return {
      module: MeshApiModule,
      imports,
      providers: [view, intake, IntakeTally, { provide: CONFIG, useValue: config }],
      controllers: [MetricsController, MeshController],
    };
  }

  onModuleInit(): void {
    const logger = this.logger.child({ component: 'api' });
    const { config, intake, tally } = this;
    const log = stateLog(logger);
    const gate = new Gate({
      config,
      nowMs: () => performance.now(),
      onRead([problem]) {
        if (problem) log.failing('tokens', 'A token can not be used.', { code: problem.code, reason: problem.message });
        else log.working('tokens', 'All tokens can be used again.');
      },
    });
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    void server.register(
      measurementsRoute({
        gate,
        intake,
        tally,
        timeoutMs: config.publishTimeout,
        pendingLimit: config.pendingLimit,
        onFailure: (error) => logger.error('A request with measurements failed.', { error }),
      }),
    );
  }
}
