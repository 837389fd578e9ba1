import { Controller, Get, Headers, Inject, NotFoundException, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { healthDocument, healthJsonDocument } from './health/health-document.js';
import { healthQuery } from './health/health-routes.js';
import { judge } from './health/judge.js';
import { MESH_VIEW, type MeshView } from './mesh-view.js';
import { wantsHealthJson } from './negotiate.js';
import { readQuery } from './openapi/read-given.js';
import { ledgerDocument } from './partitions/ledger-document.js';
import type { LedgerAnswer, PartitionAnswer } from './partitions/partition-routes.js';
import { partitionsDocument } from './partitions/partitions-document.js';
import { eventsDocument, targetDocument, targetsDocument } from './targets/target-documents.js';
import type { TargetAnswer } from './targets/target-routes.js';

/** What any replica answers for the whole mesh. */
@Controller()
export class MeshController {
  constructor(@Inject(MESH_VIEW) private readonly view: MeshView) {}

  /** 200 when healthy or degraded, 503 when critical or unknown, so that a probe need not read the body. */
  @Get('health')
  health(@Query() query: unknown, @Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): void {
    const { scale } = readQuery(healthQuery, query);
    const nowMs = this.view.nowMs();
    const health = judge(this.view);
    reply.status(health.health === 'healthy' || health.health === 'degraded' ? 200 : 503).header('vary', 'accept');
    if (wantsHealthJson(accept)) reply.type('application/health+json').send(healthJsonDocument(health, nowMs));
    else reply.send(healthDocument(health, this.view.summaries(), nowMs, scale));
  }

  @Get('api/v1/targets')
  targets(): TargetAnswer[] {
    return targetsDocument(judge(this.view));
  }

  /** A target with its newest events: statement rankings, changes of status. Events live with the owner of the target's partition. */
  @Get('api/v1/targets/:id')
  target(@Param('id') id: string): object {
    const target = judge(this.view).targets.find((candidate) => candidate.id === id);
    if (!target) throw new NotFoundException(`No target ${id} has reported. /api/v1/targets lists those that have.`);
    return { ...targetDocument(target), ...eventsDocument(this.view, id) };
  }

  @Get('api/v1/ledger')
  ledger(): LedgerAnswer {
    return ledgerDocument(this.view.summaries(), this.view.limits().partitions);
  }

  @Get('api/v1/partitions')
  partitions(): PartitionAnswer[] {
    const owned = this.view.ownedPartitions?.().map(({ partition }) => partition);
    return partitionsDocument(this.view.summaries(), this.view.limits(), owned, this.view.nowMs());
  }
}
