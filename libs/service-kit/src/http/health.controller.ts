import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness } from '../service/readiness.js';

/** For orchestrators and load balancers. A dependency that is away makes a process unready, never dead. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Answered as long as the event loop turns. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  livez(): { live: true } {
    return { live: true };
  }

  /** 503 with the reasons while any check is not ready; `?verbose` lists the others, too. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async readyz(
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const checks = await this.readiness.ask();
    const unready = checks.filter(({ ready }) => !ready);
    reply.status(unready.length === 0 ? 200 : 503);
    return {
      ready: unready.length === 0,
      ...(unready.length > 0 && { reasons: unready.map(({ name, reason }) => ({ check: name, reason })) }),
      ...(Object.hasOwn(query, 'verbose') && { checks }),
    };
  }
}
