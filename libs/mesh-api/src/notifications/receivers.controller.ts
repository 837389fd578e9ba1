import { Controller, Get, HttpCode, Inject, NotFoundException, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readQuery } from '../openapi/read-given.js';
import { rfc3339 } from '../rfc3339.js';
import { NOTIFICATIONS_VIEW, type NotificationsView, type ShownReceiver } from './notifications-view.js';
import { receiverParameters, type ReceiverAnswer, type TestAnswer } from './receiver-routes.js';

@Controller('api/v1/receivers')
export class ReceiversController {
  constructor(@Inject(NOTIFICATIONS_VIEW) private readonly view: NotificationsView) {}

  @Get()
  list(): ReceiverAnswer[] {
    return this.view.receivers().map(answerOf);
  }

  /** 502 where the receiver does not take it, so that a script need not read the answer. */
  @Post(':id/test')
  @HttpCode(200)
  async test(@Param('id') given: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<TestAnswer> {
    const { id } = readQuery(receiverParameters, { id: given });
    const outcome = await this.view.test(id);
    if (!outcome)
      throw new NotFoundException(`There is no receiver ${id}. /api/v1/receivers lists those of notify.receivers.`);
    if (!outcome.ok) reply.status(502);
    return {
      receiver: id,
      sent: outcome.ok,
      duration_seconds: outcome.durationMs / 1_000,
      ...(!outcome.ok && { error: { code: outcome.code, message: outcome.message } }),
    };
  }
}

function answerOf({
  name,
  type,
  state,
  leader,
  lastSuccessMs,
  lastFailureMs,
  errorCode,
  waiting,
  oldestMs,
}: ShownReceiver): ReceiverAnswer {
  return {
    name,
    type,
    state,
    ...(leader !== undefined && { leader }),
    ...(lastSuccessMs !== undefined && { last_success: rfc3339(lastSuccessMs) }),
    ...(lastFailureMs !== undefined && { last_failure: rfc3339(lastFailureMs) }),
    ...(errorCode !== undefined && { error_code: errorCode }),
    waiting,
    ...(oldestMs !== undefined && { oldest_waiting_since: rfc3339(oldestMs) }),
  };
}
