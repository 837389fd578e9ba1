import { counter, defineEvents, defineMetrics, gauge, statusEvent } from '@omninode/contracts';

/** What every collector says of its own work, per target. */
export const collectorMetrics = defineMetrics({
  omninode_collector_target_up: gauge(
    'boolean',
    'Whether the target answered in the latest pass: 1, or 0 when it could not be reached or answered nothing. Absent when nobody watches it.',
  ),
  omninode_collector_family_status: gauge(
    'boolean',
    "A family's status after its latest pass: 1 for the status that it has, 0 for the others.",
    ['family', 'status'],
  ),
  omninode_collector_family_duration_seconds: gauge(
    'seconds',
    'How long the latest pass of the family took, waiting for the target included. Absent before its first pass.',
    ['family'],
  ),
  omninode_collector_family_passes_total: counter(
    'passes',
    'Passes of the family by the status that they ended in, since this owner took the target.',
    ['family', 'status'],
  ),
  omninode_collector_family_round_trips_total: counter(
    'requests',
    'Questions that the family put to the target, since this owner took it.',
    ['family'],
  ),
  omninode_collector_family_rows_total: counter(
    'rows',
    'Rows or entries that the target answered to the family, since this owner took it.',
    ['family'],
  ),
  omninode_collector_family_failures_total: counter(
    'measurements',
    'Measurements of the family that could not be recorded (not a number, recorded twice), since this owner took the target.',
    ['family'],
  ),
  omninode_collector_family_label_sets_cut: gauge(
    'series',
    'Label sets beyond the cap of the family, which its latest pass put into other.',
    ['family'],
  ),
  omninode_collector_connections_opened_total: counter(
    'connections',
    'Connections that were opened to the target, since this owner took it.',
  ),
});

/** What a collector says in words. */
export const collectorEvents = defineEvents({
  [statusEvent]: {
    meaning: 'The status of a family: on every change, and again every 60 s.',
    attributes: {
      family: 'The family.',
      status: 'One of the family statuses.',
      reason: 'What is the matter and what to do; empty when all is well.',
      since_ms: 'When the family came into this status, ms since 1970 UTC.',
    },
  },
});
