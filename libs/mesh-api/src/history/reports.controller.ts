import { BadRequestException, Controller, Get, Inject, NotFoundException, Query, Res } from '@nestjs/common';
import { dateIn, dayOfDate, reportHtml, reportMarkdown, type ReportDay } from '@omninode/history';
import type { FastifyReply } from 'fastify';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { dailyReportOf } from './daily-report-of.js';
import { HISTORY_VIEW, type HistoryView } from './history-view.js';
import { reportDocument } from './report-document.js';
import { reportQuery } from './report-routes.js';

const dayMs = 24 * 3_600_000;
const keptMs = 30 * dayMs;

@Controller('api/v1/reports')
export class ReportsController {
  constructor(
    @Inject(HISTORY_VIEW) private readonly history: HistoryView,
    @Inject(MESH_VIEW) private readonly mesh: MeshView,
  ) {}

  @Get('daily')
  daily(@Query() query: unknown, @Res() reply: FastifyReply): void {
    const { date, format, timeZone = this.history.timeZone } = readQuery(reportQuery, query);
    const report = dailyReportOf(this.mesh, this.history, this.dayOf(date, timeZone));
    if (format === 'json') return void reply.send(reportDocument(report, this.history.isCaughtUp()));
    const isHtml = format === 'html';
    reply.header('content-type', `text/${format}; charset=utf-8`);
    void reply.send(isHtml ? reportHtml(report) : reportMarkdown(report));
  }

  private dayOf(date: string | undefined, timeZone: string): ReportDay {
    const nowMs = this.mesh.nowMs();
    const day = readDay(date ?? dateIn(requireZone(timeZone), nowMs - dayMs), timeZone);
    if (day.fromMs > nowMs) throw new NotFoundException('date: that day has not begun. Ask for an earlier one.');
    if (day.toMs <= nowMs - keptMs)
      throw new NotFoundException('date: what is older than 30 days is not kept. Ask for a later one.');
    return day;
  }
}

function readDay(date: string, timeZone: string): ReportDay {
  const day = dayOfDate(date, requireZone(timeZone));
  if (!day) throw new BadRequestException('date: there is no such day in the calendar. Write it as YYYY-MM-DD.');
  return day;
}

function requireZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new BadRequestException('timeZone: there is no such time zone. Write its name, such as Europe/Berlin.', {
      cause,
    });
  }
}
