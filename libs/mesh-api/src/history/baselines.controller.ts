import { Controller, Get, Inject, Query } from '@nestjs/common';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { baselinesQuery, type BaselinesAnswer } from './baseline-routes.js';
import { baselinesDocument } from './baselines-document.js';
import { HISTORY_VIEW, type HistoryView } from './history-view.js';

@Controller('api/v1/baselines')
export class BaselinesController {
  constructor(
    @Inject(HISTORY_VIEW) private readonly history: HistoryView,
    @Inject(MESH_VIEW) private readonly mesh: MeshView,
  ) {}

  @Get()
  baselines(@Query() query: unknown): BaselinesAnswer {
    return baselinesDocument(this.history.baselines, readQuery(baselinesQuery, query), this.mesh.nowMs());
  }
}
