import { requestStatuses, type RequestStatus } from '@omninode/contracts';
import type { PartitionState } from '../state/partition-state.js';
import { DurationSum, type DurationTotals } from './durations.js';
import { liveSeries } from './live-series.js';

/** What the requests and breakers of a partition add up to, since their sources began to count. What nobody tells is absent. */
export interface PartitionTotals {
  /** The busiest first; at most 30, what is beyond them adds up in `other`. */
  readonly components: readonly ComponentTotals[];
  readonly breakerTrips?: number;
  readonly timeouts?: number;
  readonly retries?: number;
  readonly deadLetters?: number;
  /** Connections in use as the database servers see them. */
  readonly serverConnections?: number;
  /** Connections in use as the pools of services see them. */
  readonly poolConnections?: number;
}

export interface ComponentTotals {
  /** The service; `other` for what is beyond the limit. */
  readonly service: string;
  readonly component: string;
  /** Requests by how they ended; ends that never occurred may be absent. */
  readonly requests: Readonly<Partial<Record<RequestStatus, number>>>;
  readonly durations?: DurationTotals;
}

const mostComponents = 30;
const other = 'other';

export function totalsOf(state: PartitionState, notBeforeMs: number): PartitionTotals {
  const sums = {
    breakerTrips: sumOf(state, 'omninode_circuit_breaker_trips_total', notBeforeMs),
    timeouts: sumOf(state, 'omninode_timeout_failures_total', notBeforeMs),
    retries: sumOf(state, 'omninode_retry_attempts_total', notBeforeMs),
    deadLetters: sumOf(state, 'omninode_dead_letter_messages_total', notBeforeMs),
    serverConnections: sumOf(state, 'omninode_active_connections', notBeforeMs, (pool) => pool === 'server'),
    poolConnections: sumOf(state, 'omninode_active_connections', notBeforeMs, (pool) => pool !== 'server'),
  };
  const told = Object.entries(sums).filter(([, sum]) => sum !== undefined);
  return { components: componentsOf(state, notBeforeMs), ...Object.fromEntries(told) };
}

/** `undefined` where there is no such series: nobody counts it, which is not 0. */
function sumOf(
  state: PartitionState,
  name: string,
  notBeforeMs: number,
  accepts: (pool: string | undefined) => boolean = () => true,
): number | undefined {
  const { store } = state;
  let sum: number | undefined;
  for (const { number, metric, label } of liveSeries(state, name, notBeforeMs)) {
    if ((metric.kind !== 'counter' && metric.kind !== 'gauge') || !accepts(label('pool'))) continue;
    sum = (sum ?? 0) + store.values[store.slots[number]!]!;
  }
  return sum;
}

interface Component {
  readonly service: string;
  readonly component: string;
  readonly requests: Partial<Record<RequestStatus, number>>;
  readonly durations: DurationSum;
}

function componentsOf(state: PartitionState, notBeforeMs: number): ComponentTotals[] {
  const components = new Map<string, Component>();
  const componentAt = (service: string, component: string): Component => {
    const key = JSON.stringify([service, component]);
    const known = components.get(key) ?? { service, component, requests: {}, durations: new DurationSum() };
    components.set(key, known);
    return known;
  };
  const { store } = state;
  for (const { number, entity, metric, label } of liveSeries(state, 'omninode_requests_total', notBeforeMs)) {
    const status = requestStatuses.find((each) => each === label('status'));
    if (metric.kind !== 'counter' || !status) continue;
    const { requests } = componentAt(label('service_name') ?? entity, label('component') ?? other);
    requests[status] = (requests[status] ?? 0) + store.values[store.slots[number]!]!;
  }
  for (const { number, entity, label } of liveSeries(state, 'omninode_request_duration_seconds', notBeforeMs))
    componentAt(label('service_name') ?? entity, label('component') ?? other).durations.add(store, number);
  return bounded([...components.values()]);
}

function bounded(components: readonly Component[]): ComponentTotals[] {
  const busiestFirst = components.toSorted(
    (a, b) => requestsOf(b.requests) - requestsOf(a.requests) || a.component.localeCompare(b.component),
  );
  const rest = busiestFirst.splice(mostComponents);
  if (rest.length > 0) busiestFirst.push(rest.reduce(addComponents, noComponent()));
  return busiestFirst.map(({ service, component, requests, durations }) => {
    const form = durations.form();
    return { service, component, requests, ...(form && { durations: form }) };
  });
}

/** How many requests there were, however they ended. */
export function requestsOf(requests: ComponentTotals['requests']): number {
  return requestStatuses.reduce((sum, status) => sum + (requests[status] ?? 0), 0);
}

function noComponent(): Component {
  return { service: other, component: other, requests: {}, durations: new DurationSum() };
}

function addComponents(sum: Component, { requests, durations }: Component): Component {
  for (const status of requestStatuses) {
    if (requests[status] !== undefined) sum.requests[status] = (sum.requests[status] ?? 0) + requests[status];
  }
  sum.durations.merge(durations);
  return sum;
}
