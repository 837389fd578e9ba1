import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Controller, Get, Headers, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { contentTypeOf, exposition, RecentExemplars } from '@omninode/aggregation';
import type { FastifyReply } from 'fastify';
import { areaFilter, areaNames } from './areas.js';
import { IntakeTally } from './intake/intake.metrics.js';
import { MESH_VIEW, type MeshView } from './mesh-view.js';
import { acceptsGzip, negotiateFormat } from './negotiate.js';

/** What Prometheus scrapes, and the same page by area for people. */
@Controller('metrics')
export class MetricsController {
  private readonly exemplars = new RecentExemplars();

  constructor(
    @Inject(MESH_VIEW) private readonly view: MeshView,
    @Inject(IntakeTally) private readonly intake: IntakeTally,
  ) {}

  @Get()
  async all(@Headers() headers: Record<string, string>, @Res() reply: FastifyReply): Promise<void> {
    await this.send(headers, reply);
  }

  @Get(':area')
  async area(
    @Param('area') area: string,
    @Headers() headers: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const accepts = areaFilter(area);
    if (!accepts)
      throw new NotFoundException(`There is no page /metrics/${area}. There are: ${areaNames().join(', ')}.`);
    await this.send(headers, reply, accepts);
  }

  private async send(
    headers: Record<string, string>,
    reply: FastifyReply,
    accepts?: (name: string) => boolean,
  ): Promise<void> {
    const format = negotiateFormat(headers.accept);
    const own = [...(await this.view.ownSamples()), ...this.intake.samples()];
    const slices = exposition(this.view.states(), {
      format,
      own,
      expiryMs: this.view.expiryMs,
      nowMs: this.view.nowMs(),
      exemplars: this.exemplars,
      ...(accepts && { accepts }),
    });
    const page = Readable.from(unhurried(slices), { objectMode: false });
    reply.header('content-type', contentTypeOf[format]).header('vary', 'accept, accept-encoding');
    if (!acceptsGzip(headers['accept-encoding'])) return void reply.send(page);
    // Level 1: half the time of the default for a fifth more bytes.
    reply.header('content-encoding', 'gzip').send(page.pipe(createGzip({ level: 1 })));
  }
}

/** A slice at a time, and others may run in between. */
async function* unhurried(slices: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const slice of slices) {
    yield slice;
    await breathe();
  }
}
