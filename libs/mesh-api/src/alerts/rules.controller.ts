import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Inject,
  NotFoundException,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { conditionText, runbook, type Rule } from '@omninode/alerting';
import { errorCode } from '@omninode/contracts';
import type { FastifyReply } from 'fastify';
import { readBody, readQuery } from '../openapi/read-given.js';
import { rfc3339 } from '../rfc3339.js';
import { alertDocument } from './alert-documents.js';
import { ALERTS_VIEW, type AlertsView } from './alerts-view.js';
import {
  dryRunBody,
  runbookParameters,
  type DryRunAnswer,
  type RulesAnswer,
  type RulesRefused,
} from './rule-routes.js';

const hourMs = 3_600_000;

/** The rules that alerts come from. */
@Controller('api/v1')
export class RulesController {
  constructor(@Inject(ALERTS_VIEW) private readonly view: AlertsView) {}

  @Get('rules')
  rules(): RulesAnswer {
    const { rules, problems, loadedMs, readMs } = this.view.rules();
    return {
      ...(loadedMs > 0 && { loaded_at: rfc3339(loadedMs) }),
      ...(readMs > 0 && { read_at: rfc3339(readMs) }),
      problems: [...problems],
      rules: rules.map(ruleDocument),
    };
  }

  @Post('rules/dry-run')
  @HttpCode(200)
  async dryRun(@Body() given: unknown, @Res() reply: FastifyReply): Promise<void> {
    const { rules, hours } = readBody(dryRunBody, given);
    const run = await this.view.dryRun(rules, this.view.nowMs() - hours * hourMs).catch(refuse);
    if (!run.ok) {
      const message = 'The rules have mistakes; nothing was tried.';
      const refused: RulesRefused = { error: { code: 'RULES_REFUSED', message, problems: [...run.problems] } };
      return void reply.status(400).send(refused);
    }
    const { records, fromMs, toMs, cutShort, count, transitions } = run;
    const answer: DryRunAnswer = {
      records,
      ...(fromMs !== undefined && { from: rfc3339(fromMs) }),
      ...(toMs !== undefined && { to: rfc3339(toMs) }),
      ...(cutShort !== undefined && { cut_short: cutShort }),
      count,
      transitions: transitions.map(alertDocument),
    };
    void reply.status(200).send(answer);
  }

  @Get('runbooks/:rule')
  runbook(@Param('rule') given: string, @Res() reply: FastifyReply): void {
    const { rule: name } = readQuery(runbookParameters, { rule: given });
    const rule = this.view.rules().rules.find((candidate) => candidate.name === name);
    if (!rule) throw new NotFoundException(`There is no rule ${name}. /api/v1/rules lists those in force.`);
    void reply.header('content-type', 'text/markdown; charset=utf-8').send(runbook(rule));
  }
}

function ruleDocument(rule: Rule): RulesAnswer['rules'][number] {
  const { name, version, file, line, levels, forMs, signal, labels, annotations } = rule;
  return {
    name,
    version,
    file,
    line,
    signal: conditionText(rule),
    levels: levels.map(({ severity, fire, clear }) => ({
      severity,
      fire: fire.text,
      ...(clear && { clear: clear.text }),
    })),
    for_seconds: forMs / 1000,
    by: [...signal.by],
    labels: { ...labels },
    ...(annotations.runbook_url && { runbook_url: annotations.runbook_url.text }),
  };
}

/** One at a time, because it reads all that the bus keeps. */
function refuse(error: unknown): never {
  const isBusy = (error as Error).name === 'DRY_RUN_BUSY';
  if (isBusy) throw new HttpException('Another dry run is under way. Try again when it has ended.', 429);
  throw new HttpException(`The measurements on the bus can not be read (${errorCode(error)}). Try again later.`, 503);
}
