import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  ServiceUnavailableException,
} from '@nestjs/common';
import { readBody, readQuery } from '../openapi/read-given.js';
import { rfc3339 } from '../rfc3339.js';
import { NOTIFICATIONS_VIEW, type NotificationsView, type ShownSilence } from './notifications-view.js';
import { silenceBody, silenceParameters, silenceQuery, type SilenceAnswer } from './silence-routes.js';

@Controller('api/v1/silences')
export class SilencesController {
  constructor(@Inject(NOTIFICATIONS_VIEW) private readonly view: NotificationsView) {}

  @Get()
  list(@Query() query: unknown): SilenceAnswer[] {
    const { state } = readQuery(silenceQuery, query);
    const wanted = this.known().filter((silence) => state === undefined || silence.state === state);
    return wanted.toSorted((one, other) => one.endsAtMs - other.endsAtMs).map(answerOf);
  }

  @Post()
  async create(@Body() given: unknown): Promise<SilenceAnswer> {
    const body = readBody(silenceBody, given);
    const nowMs = this.view.nowMs();
    const endsAtMs = Date.parse(body.ends_at);
    if (endsAtMs <= nowMs)
      throw new BadRequestException('The body can not be used: ends_at: is over already. Give a moment to come.');
    for (const [index, matcher] of body.matchers.entries()) {
      const problem = this.view.matcherProblem(matcher);
      if (problem) throw new BadRequestException(`The body can not be used: matchers.${index}: ${problem}.`);
    }
    const { matchers, created_by: createdBy, comment } = body;
    const startsAtMs = body.starts_at === undefined ? nowMs : Date.parse(body.starts_at);
    return answerOf(await this.view.silence({ matchers, startsAtMs, endsAtMs, createdBy, comment }));
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') given: string): Promise<void> {
    const { id } = readQuery(silenceParameters, { id: given });
    this.known();
    if (!(await this.view.unsilence(id)))
      throw new NotFoundException(`There is no silence ${id}. /api/v1/silences lists those that are.`);
  }

  private known(): readonly ShownSilence[] {
    const silences = this.view.silences();
    if (!silences)
      throw new ServiceUnavailableException('The silences are still being read from the bus. Ask again in a moment.');
    return silences;
  }
}

function answerOf(silence: ShownSilence): SilenceAnswer {
  const { id, state, matchers, startsAtMs, endsAtMs, createdAtMs, createdBy, comment } = silence;
  return {
    id,
    state,
    matchers: [...matchers],
    starts_at: rfc3339(startsAtMs),
    ends_at: rfc3339(endsAtMs),
    created_at: rfc3339(createdAtMs),
    created_by: createdBy,
    comment,
  };
}
