import { PartitionState, summarize, type PartitionSummary } from '@omninode/aggregation';
import type { AlertRecord, DecodedRecord } from '@omninode/contracts';
import { startService, type StartedService } from '@omninode/service-kit';
import { apiConfig } from '../api.config.js';
import { MEASUREMENT_INTAKE } from '../intake/measurement-intake.js';
import { MeshApiModule, type ApiArea } from '../mesh-api.module.js';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { STREAM_SOURCES, type StreamSource } from '../stream/stream-source.js';

/** The zero of the times in the tests of this lib: 2026-11-24T10:00:00Z. */
export const sampleNowMs = Date.UTC(2026, 10, 24, 10);

export interface ApiService {
  readonly url: string;
  readonly service: StartedService;
  readonly view: SampleView;
}

export interface ApiServiceOptions {
  readonly view?: SampleView;
  readonly env?: Readonly<Record<string, string>>;
  readonly areas?: readonly ApiArea[];
  readonly sources?: readonly StreamSource[];
}

/** The API over some partitions, really listening, with these settings: `--api.access=token`. */
export async function startApi(
  argv: readonly string[] = [],
  { view = new SampleView(), env = {}, areas = [], sources = [] }: ApiServiceOptions = {},
): Promise<ApiService> {
  const service = await startService(
    'mesh-api',
    ({ configuration: { api, http } }) => [
      MeshApiModule.forRoot({
        config: api,
        host: http.host,
        view: { provide: MESH_VIEW, useValue: view },
        intake: { provide: MEASUREMENT_INTAKE, useValue: { accept: async () => undefined } },
        sources: { provide: STREAM_SOURCES, useValue: sources },
        areas,
      }),
    ],
    { sections: { api: apiConfig }, env, argv: ['--http.port=0', '--log.level=silent', ...argv] },
  );
  return { url: service.url, service: service as unknown as StartedService, view };
}

/** Two partitions of the mesh, of which this replica owns the first. */
export class SampleView implements MeshView {
  readonly state = new PartitionState({ series: 1_000, seriesPerEntity: 1_000 });
  readonly expiryMs = 300_000;
  currentMs = sampleNowMs;
  currentAlerts: AlertRecord[] = [];
  others: PartitionSummary[] = [];

  take(record: Partial<DecodedRecord>): void {
    const whole: DecodedRecord = {
      producer: 'database/orders',
      entity: 'orders',
      incarnation: 1,
      sequence: this.state.nextOffset + 1,
      timeMs: this.currentMs,
      dictionary: null,
      data: null,
      events: [],
      close: null,
      encoding: 'columns',
      rejected: [],
      ...record,
    };
    const refused = this.state.take({ ok: true, record: whole }, { offset: this.state.nextOffset }, this.currentMs);
    if (refused) throw new Error(refused.detail);
  }

  states = () => [this.state];
  ownedPartitions = () => [{ partition: 0, state: this.state }];
  summaries = () => [
    summarize(this.state, {
      partition: 0,
      owner: 'aggregator/one',
      endOffset: this.state.nextOffset,
      atMs: this.currentMs,
      expiryMs: this.expiryMs,
    }),
    ...this.others,
  ];
  limits = () => ({ targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: 1 + this.others.length });
  alerts = () => this.currentAlerts;
  ownSamples = async () => [];
  nowMs = () => this.currentMs;
}

/** A status of a family, as a collector sends it. */
export function statusOf(view: SampleView, status: string, reason = ''): Partial<DecodedRecord> {
  const attributes = { family: 'availability', status, reason, since_ms: view.currentMs };
  const data = { known: 0, indexes: [], values: [], timeOffsetsMs: null, starts: [], exponentials: [] };
  return { events: [{ name: 'collector.status', timeMs: view.currentMs, attributes }], data };
}
