import { Controller, Get, Inject, NotFoundException, Param, Query, ServiceUnavailableException } from '@nestjs/common';
import type { AlertRecord } from '@omninode/contracts';
import type { z } from 'zod';
import { readQuery } from '../openapi/read-given.js';
import { alertDocument, bySeverity, explainDocument } from './alert-documents.js';
import { alertsQuery, explainParameters, type alertsAnswer, type ExplainAnswer } from './alert-routes.js';
import { ALERTS_VIEW, type AlertsView } from './alerts-view.js';

/** Alerts of the whole mesh, from any replica. */
@Controller('api/v1/alerts')
export class AlertsController {
  constructor(@Inject(ALERTS_VIEW) private readonly view: AlertsView) {}

  @Get()
  list(@Query() given: unknown): z.infer<typeof alertsAnswer> {
    const query = readQuery(alertsQuery, given);
    const known = this.view.alerts();
    if (!known)
      throw new ServiceUnavailableException('The alerts are still being read from the bus. Ask again in a moment.');
    const alerts = known.filter((record) => fits(record, query)).sort(bySeverity);
    return { total: alerts.length, alerts: alerts.slice(0, query.limit).map(alertDocument) };
  }

  @Get(':fingerprint/explain')
  explain(@Param('fingerprint') given: string): ExplainAnswer {
    const { fingerprint } = readQuery(explainParameters, { fingerprint: given });
    const explanation = this.view.explain(fingerprint);
    const record = this.view.find(fingerprint);
    if (!explanation && !record)
      throw new NotFoundException(`There is no alert ${fingerprint}. /api/v1/alerts lists those that are.`);
    return explainDocument(record, explanation, explanation ? '' : this.whoKnows(record!));
  }

  private whoKnows({ partition, state }: AlertRecord): string {
    if (partition === undefined) return 'Who judges it is not known.';
    const owner = this.view.ownerOf(partition);
    if (owner === undefined)
      return `Nobody owns partition ${partition}, in which its series lie: nobody judges it now.`;
    const over = state === 'resolved' ? ' It may be that nothing is watched for it any more.' : '';
    return `It is judged by ${owner}, which owns partition ${partition}: ask there for the value and what is missing.${over}`;
  }
}

type AlertsQuery = z.output<typeof alertsQuery>;

function fits(record: AlertRecord, { state, severity, name, label }: AlertsQuery): boolean {
  if (state === undefined ? record.state === 'resolved' : record.state !== state) return false;
  if (severity !== undefined && record.severity !== severity) return false;
  if (name !== undefined && record.name !== name) return false;
  return (label ?? []).every((pair) => {
    const at = pair.indexOf('=');
    return (record.labels[pair.slice(0, at)] ?? '') === pair.slice(at + 1);
  });
}
