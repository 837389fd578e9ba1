import { Inject, Module, type DynamicModule, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LOGGER, stateLog, type Logger } from '@omninode/service-kit';
import type { FastifyInstance } from 'fastify';
import { guard } from './access/guard.js';
import { RouteTable } from './access/route-table.js';
import type { ApiConfig } from './api.config.js';
import { apiRoutes } from './api-routes.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { CurrentTokens } from './intake/current-tokens.js';
import { Gate } from './intake/gate.js';
import { IntakeTally } from './intake/intake.metrics.js';
import { MEASUREMENT_INTAKE, type MeasurementIntake } from './intake/measurement-intake.js';
import { measurementsRoute } from './intake/measurements-route.js';
import { MeshController } from './mesh.controller.js';
import { MetricsController } from './metrics.controller.js';
import { ReferenceController } from './openapi/reference.controller.js';
import type { Route } from './openapi/route.js';
import { requireToken } from './require-token.js';
import { SeriesController } from './series/series.controller.js';
import { MeshWatch } from './stream/mesh-watch.js';
import { STREAM_SOURCES } from './stream/stream-source.js';
import { StreamController } from './stream/stream.controller.js';

export interface MeshApiOptions {
  readonly config: ApiConfig;
  /** Where the process listens. */
  readonly host: string;
  /** Provides `MESH_VIEW`. */
  readonly view: Provider;
  /** Provides `MEASUREMENT_INTAKE`. */
  readonly intake: Provider;
  /** Provides `STREAM_SOURCES`. Absent: the stream tells of health and targets only. */
  readonly sources?: Provider;
  /** The modules that these need. */
  readonly imports?: DynamicModule['imports'];
  /** Further parts of the API: alerts, notifications, history. */
  readonly areas?: readonly ApiArea[];
}

/** A part of the API: its controllers, what they need, and the description of every route that they answer. */
export interface ApiArea {
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly routes: readonly Route[];
}

const CONFIG = Symbol('omninode:api-config');
const HOST = Symbol('omninode:api-host');
const noSources: Provider = { provide: STREAM_SOURCES, useValue: [] };

/** The HTTP API: what the mesh knows is read by everybody who may, measurements are taken from those who show a token. */
@Module({})
export class MeshApiModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(HOST) private readonly host: string,
    @Inject(RouteTable) private readonly table: RouteTable,
    @Inject(MEASUREMENT_INTAKE) private readonly intake: MeasurementIntake,
    @Inject(IntakeTally) private readonly tally: IntakeTally,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    // Nest registers the routes before it calls `onModuleInit`.
    table.watch(adapterHost.httpAdapter.getInstance<FastifyInstance>());
  }

  /** Throws what `requireToken` throws. */
  static forRoot({
    config,
    host,
    view,
    intake,
    sources = noSources,
    imports = [],
    areas = [],
  }: MeshApiOptions): DynamicModule {
    requireToken(config, host);
    const table = new RouteTable([...apiRoutes, ...areas.flatMap(({ routes }) => routes)]);
    return {
      module: MeshApiModule,
      imports,
      providers: [
        view,
        intake,
        sources,
        MeshWatch,
        IntakeTally,
        { provide: CONFIG, useValue: config },
        { provide: HOST, useValue: host },
        { provide: RouteTable, useValue: table },
        ...areas.flatMap(({ providers = [] }) => providers),
      ],
      controllers: [
        MetricsController,
        MeshController,
        SeriesController,
        DashboardController,
        StreamController,
        ReferenceController,
        ...areas.flatMap(({ controllers }) => controllers),
      ],
    };
  }

  onModuleInit(): void {
    const logger = this.logger.child({ component: 'api' });
    const { config, host, table, intake, tally } = this;
    const log = stateLog(logger);
    const tokenOptions: ConstructorParameters<typeof CurrentTokens>[0] = {
      config,
      nowMs: () => performance.now(),
      onRead([problem]) {
        if (problem) log.failing('tokens', 'A token can not be used.', { code: problem.code, reason: problem.message });
        else log.working('tokens', 'All tokens can be used again.');
      },
    };
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    const tokens = new CurrentTokens(tokenOptions);
    guard(server, { config, host, table, tokens: () => tokens.now() });
    void server.register(
      measurementsRoute({
        gate: new Gate(tokenOptions),
        intake,
        tally,
        timeoutMs: config.publishTimeout,
        pendingLimit: config.pendingLimit,
        onFailure: (error) => logger.error('A request with measurements failed.', { error }),
      }),
    );
  }
}
