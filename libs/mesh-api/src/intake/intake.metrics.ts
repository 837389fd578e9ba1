import type { OwnSample } from '@omninode/aggregation';
import { counter, defineMetrics, gauge, type Metric } from '@omninode/contracts';

/** What a process says of the measurements that it takes over HTTP. */
export const intakeMetrics = defineMetrics({
  omninode_mesh_intake_requests_total: counter(
    'requests',
    'Requests with measurements, by what became of them: accepted, refused (mistakes in records), malformed, unauthorized, too_large, busy (too much waits for the bus), unavailable (no acknowledgement), failed (a fault of this process).',
    ['outcome'],
  ),
  omninode_mesh_intake_records_total: counter(
    'records',
    'Records that came over HTTP and that the bus acknowledged, by the name of the token. Absent for tokens that sent none.',
    ['token'],
  ),
  omninode_mesh_intake_refused_records_total: counter(
    'records',
    'Mistakes in records that came over HTTP, by the code of the contract. Absent for codes that never occurred.',
    ['code'],
  ),
  omninode_mesh_intake_pending_bytes: gauge('bytes', 'Records from HTTP that the bus has not acknowledged yet.'),
});

export const intakeOutcomes = [
  'accepted',
  'refused',
  'malformed',
  'unauthorized',
  'too_large',
  'busy',
  'unavailable',
  'failed',
] as const;
export type IntakeOutcome = (typeof intakeOutcomes)[number];

/** Counts what is taken over HTTP since this process began. */
export class IntakeTally {
  pendingBytes = 0;
  private readonly requests = new Map<string, number>(intakeOutcomes.map((outcome) => [outcome, 0]));
  private readonly records = new Map<string, number>();
  private readonly refused = new Map<string, number>();

  request(outcome: IntakeOutcome): void {
    add(this.requests, outcome, 1);
  }

  /** `token`: its name; absent where none was asked for. */
  accepted(records: number, token = 'none'): void {
    add(this.records, token, records);
  }

  refusedRecord(code: string): void {
    add(this.refused, code, 1);
  }

  samples(): OwnSample[] {
    const sample = (
      name: keyof typeof intakeMetrics,
      value: number,
      labels: Readonly<Record<string, string>> = {},
    ) => ({
      name,
      metric: intakeMetrics[name] as Metric,
      labels,
      value,
    });
    return [
      ...[...this.requests].map(([outcome, value]) =>
        sample('omninode_mesh_intake_requests_total', value, { outcome }),
      ),
      ...[...this.records].map(([token, value]) => sample('omninode_mesh_intake_records_total', value, { token })),
      ...[...this.refused].map(([code, value]) =>
        sample('omninode_mesh_intake_refused_records_total', value, { code }),
      ),
      sample('omninode_mesh_intake_pending_bytes', this.pendingBytes),
    ];
  }
}

function add(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
