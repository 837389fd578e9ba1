import { Controller, Get, Inject, Query } from '@nestjs/common';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { searchSeries } from './search-series.js';
import { seriesQuery, type SeriesAnswer } from './series-routes.js';

@Controller('api/v1/series')
export class SeriesController {
  constructor(@Inject(MESH_VIEW) private readonly view: MeshView) {}

  @Get()
  search(@Query() query: unknown): SeriesAnswer {
    const { view } = this;
    const numbered = view.ownedPartitions?.();
    const owned = numbered ?? view.states().map((state, partition) => ({ partition, state }));
    return searchSeries(
      {
        owned: owned.toSorted((a, b) => a.partition - b.partition),
        isNumbered: numbered !== undefined,
        summaries: view.summaries(),
        expiryMs: view.expiryMs,
        nowMs: view.nowMs(),
      },
      readQuery(seriesQuery, query),
    );
  }
}
