import { parts, type OperationPart } from '../book/kept-hour.js';
import { errorsOf } from '../book/operation-statistics.js';
import { quantileOf } from '../sketch/quantile.js';
import { figure, type ReportRow } from './figure.js';
import type { ReportDay } from './report-day.js';
import type { RowSources } from './report-rows.js';

/** Requests, errors and durations of each service. */
export function requestRows({ book, day, before }: RowSources): ReportRow[] {
  const services = [...new Set([...book.of('operation')].map(({ subject }) => subject.service))].sort();
  if (services.length === 0) {
    const none = { noDataBecause: 'no service tells of its requests' };
    return [{ what: 'Requests', of: '', unit: 'requests', day: none, dayBefore: none, usual: none }];
  }
  return services.flatMap((service) => {
    const [today, yesterday] = [day, before].map((of) => partOf(service, of));
    const row = (what: string, unit: string, valueOf: (part: OperationPart) => number | undefined): ReportRow => ({
      what,
      of: service,
      unit,
      day: figure(today && valueOf(today), 'no request ended on that day'),
      dayBefore: figure(yesterday && valueOf(yesterday), 'no request ended on that day'),
      usual: { noDataBecause: 'kept by operation only: /api/v1/baselines' },
    });
    return [
      row('Requests', 'requests', countOfRequests),
      row('Requests that failed', 'ratio', (part) => errorsOf(part) / countOfRequests(part)),
      row('Time of a request, 95 % are below', 'seconds', ({ durations }) => quantileOf(durations, 0.95)),
      row('Slow requests', 'requests', ({ slow }) => slow),
    ];
  });

  function partOf(service: string, { fromMs, toMs }: ReportDay): OperationPart | undefined {
    const all = [...book.of('operation')]
      .filter(({ subject }) => subject.service === service)
      .flatMap((pages) => pages.within(fromMs, toMs) ?? []);
    return all.length === 0 ? undefined : parts.operation.merge(all);
  }
}

function countOfRequests({ requests }: OperationPart): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
