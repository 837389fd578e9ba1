import {
  allWeeks,
  decayPerWeek,
  enoughWeeks,
  quantileOf,
  slotOf,
  type Baselines,
  type SeriesBaselines,
} from '@omninode/history';
import type { BaselinesAnswer } from './baseline-routes.js';

type SeriesAnswer = BaselinesAnswer['series'][number];

const mostSeries = 50;

export function baselinesDocument(
  baselines: Baselines,
  query: { readonly series: string; readonly entity?: string | undefined },
  nowMs: number,
): BaselinesAnswer {
  const fitting = [...baselines.series.values()].filter(({ subject }) => {
    return namesOf(subject).name === query.series && (query.entity ?? subject.entity) === subject.entity;
  });
  return {
    weight_of_a_week_earlier: decayPerWeek,
    left_out_hours: baselines.leftOut,
    series: fitting.slice(0, mostSeries).map((series) => seriesDocument(series, slotOf(nowMs))),
  };
}

function seriesDocument({ subject, slots, frozenHours }: SeriesBaselines, slotNow: number): SeriesAnswer {
  return {
    entity: subject.entity,
    kind: subject.k,
    ...namesOf(subject),
    frozen_hours: frozenHours,
    slots: [...slots]
      .sort(([a], [b]) => a - b)
      .flatMap(([hour, slot]) => {
        const values = allWeeks(slot);
        const p50 = quantileOf(values, 0.5);
        // An hour in which nothing happened has no distribution.
        if (p50 === undefined) return [];
        const weeks = slot.length;
        return [
          {
            hour_of_week: hour,
            weeks,
            enough: weeks >= enoughWeeks,
            missing_weeks: Math.max(0, enoughWeeks - weeks),
            p05: quantileOf(values, 0.05)!,
            p50,
            p95: quantileOf(values, 0.95)!,
            now: hour === slotNow,
          },
        ];
      }),
  };
}

function namesOf(subject: SeriesBaselines['subject']): Pick<SeriesAnswer, 'name' | 'unit' | 'labels'> {
  switch (subject.k) {
    case 'operation': {
      const { service, component, operation } = subject;
      return { name: `${component}/${operation}`, unit: 'seconds', labels: { service, component, operation } };
    }
    case 'statement':
      return { name: subject.queryId, unit: 'seconds', labels: { database: subject.database } };
    case 'counter':
    case 'gauge':
      return { name: subject.name, unit: subject.unit, labels: { ...subject.labels } };
  }
}
