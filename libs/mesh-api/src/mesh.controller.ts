import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { meshHealth } from '@omninode/aggregation';
import type { FastifyReply } from 'fastify';
import { eventsDocument, healthDocument, ledgerDocument, targetsDocument } from './documents.js';
import { MESH_VIEW, type MeshView } from './mesh-view.js';

/** What any replica answers for the whole mesh. */
@Controller()
export class MeshController {
  constructor(@Inject(MESH_VIEW) private readonly view: MeshView) {}

  /** 200 when healthy or degraded, 503 when critical or unknown, so that a probe need not read the body. */
  @Get('health')
  health(@Res() reply: FastifyReply): void {
    const nowMs = this.view.nowMs();
    const health = this.judge(nowMs);
    reply
      .status(health.health === 'healthy' || health.health === 'degraded' ? 200 : 503)
      .send(healthDocument(health, nowMs));
  }

  @Get('api/v1/targets')
  targets(): object[] {
    return targetsDocument(this.judge(this.view.nowMs()));
  }

  /** A target with its newest events: statement rankings, changes of status. Events live with the owner of the target's partition. */
  @Get('api/v1/targets/:id')
  target(@Param('id') id: string): object {
    const target = targetsDocument(this.judge(this.view.nowMs())).find((candidate) => candidate.id === id);
    if (!target) throw new NotFoundException(`No target ${id} has reported. /api/v1/targets lists those that have.`);
    return { ...target, events: eventsDocument(this.view.states(), id) };
  }

  @Get('api/v1/ledger')
  ledger(): object {
    return ledgerDocument(this.view.summaries(), this.view.limits().partitions);
  }

  private judge(nowMs: number) {
    return meshHealth(this.view.summaries(), nowMs, this.view.limits());
  }
}
