import { Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { HISTORY_VIEW, type HistoryView } from './history-view.js';
import { requestParts } from './request-document.js';
import { requestParameters, type RequestAnswer } from './request-routes.js';

@Controller('api/v1/requests')
export class RequestsController {
  constructor(
    @Inject(HISTORY_VIEW) private readonly history: HistoryView,
    @Inject(MESH_VIEW) private readonly mesh: MeshView,
  ) {}

  @Get(':id')
  request(@Param('id') given: string): RequestAnswer {
    const { id } = readQuery(requestParameters, { id: given });
    const events = this.mesh.states().flatMap((state) => state.events.recent());
    const parts = requestParts(id, events, this.history.book);
    const covered = this.covered();
    if (parts.length === 0) throw new NotFoundException(`No slow part of such a request is kept. ${searched(covered)}`);
    return { id, parts, covered };
  }

  private covered(): RequestAnswer['covered'] {
    const partitions = this.mesh.ownedPartitions?.().map(({ partition }) => partition) ?? [];
    const elsewhere = this.mesh
      .summaries()
      .filter(({ partition }) => !partitions.includes(partition))
      .map(({ partition, owner }) => ({ partition, owner }));
    return { partitions, elsewhere };
  }
}

function searched({ partitions, elsewhere }: RequestAnswer['covered']): string {
  const here = `Searched were the slowest of each hour of all services, and the newest events of ${partitions.length} partitions`;
  if (elsewhere.length === 0) return `${here}. Requests that were not slow leave only counts.`;
  const owners = [...new Set(elsewhere.map(({ owner }) => owner))].join(', ');
  return `${here}; those of ${elsewhere.length} others lie with ${owners}. Requests that were not slow leave only counts.`;
}
