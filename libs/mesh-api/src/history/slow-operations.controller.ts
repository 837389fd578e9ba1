import { Controller, Get, Inject, Query } from '@nestjs/common';
import { rankOperations } from '@omninode/history';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { rfc3339 } from '../rfc3339.js';
import { HISTORY_VIEW, type HistoryView } from './history-view.js';
import { slowOperationDocument } from './slow-operations-document.js';
import {
  slowestQuery,
  slowOperationsQuery,
  type SlowOperationAnswer,
  type SlowOperationsAnswer,
} from './slow-operations-routes.js';

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;

@Controller()
export class SlowOperationsController {
  constructor(
    @Inject(HISTORY_VIEW) private readonly history: HistoryView,
    @Inject(MESH_VIEW) private readonly mesh: MeshView,
  ) {}

  /** What the document's script asks for: an array. The router prefers this to `/metrics/:area`, which stands for any name. */
  @Get('metrics/slow-operations')
  slowest(@Query() query: unknown): SlowOperationAnswer[] {
    const { limit } = readQuery(slowestQuery, query);
    const toMs = this.mesh.nowMs();
    const found = rankOperations(this.history.book, { fromMs: toMs - dayMs, toMs, by: 'p95', limit });
    return found.map(slowOperationDocument);
  }

  @Get('api/v1/slow-operations')
  ranked(@Query() query: unknown): SlowOperationsAnswer {
    const { by, window, limit, service } = readQuery(slowOperationsQuery, query);
    const toMs = this.mesh.nowMs();
    const found = rankOperations(this.history.book, { fromMs: toMs - window, toMs, by, limit, service });
    return {
      from: rfc3339(Math.floor((toMs - window) / hourMs) * hourMs),
      to: rfc3339(toMs),
      by,
      complete: this.history.isCaughtUp(),
      operations: found.map(slowOperationDocument),
    };
  }
}
