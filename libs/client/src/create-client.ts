import { createPublisher, publisherReport } from '@omninode/publisher';
import type { PublisherStats, Remainder } from '@omninode/publisher';
import { clientMetrics } from './client.metrics.js';
import { settingsOf } from './client-options.js';
import type { ClientOptions, ClientSettings } from './client-options.js';
import { Meter } from './meter/meter.js';
import { loadOpenTelemetry } from './propagation/open-telemetry.js';
import type { TracedRequest } from './requests/active-request.js';
import { openRequest } from './requests/open-request.js';
import type { OpenRequest } from './requests/open-request.js';
import { Operations } from './requests/operations.js';
import { SlowOperations } from './requests/slow-operations.js';
import { Tracer } from './requests/tracer.js';
import type { TraceOptions } from './requests/tracer.js';
import { createWatches } from './watches.js';
import type { Watches } from './watches.js';
import { ErrorTotals } from './watch/error-totals.js';

/**
 * Tells the mesh how a service fares. After `createClient` nothing here throws, waits or fails by itself: what goes wrong is
 * counted and reported to `onProblem`.
 */
export interface Client extends Watches {
  /** Runs `serve` as a request: timed, counted by how it ends, with ids that go on to whoever is asked. Its result is untouched. */
  trace<T>(
    component: string,
    operation: string,
    serve: (request: TracedRequest) => PromiseLike<T>,
    options?: TraceOptions,
  ): Promise<T>;
  trace<T>(component: string, operation: string, serve: (request: TracedRequest) => T, options?: TraceOptions): T;
  /** The same for code that is no single function: whoever begins it says when it ends. */
  begin(component: string, operation: string, options?: TraceOptions): OpenRequest;
  /** The request that this code runs in. */
  readonly current: TracedRequest | undefined;
  /** Adds `traceparent` and `x-request-id` to headers of HTTP or Kafka, and gives them back. */
  inject<H extends object>(headers: H): H;
  /** What was sent, what waits and what was dropped. */
  stats(): PublisherStats;
  /** Sends what was counted until now; resolves when the mesh has it, or after `timeoutMs` with what it has not. */
  flush(timeoutMs?: number): Promise<Remainder>;
  /** Ends all watches, sends what was counted, and leaves what could not be sent in the spool, if there is one. Default 5 000. */
  close(timeoutMs?: number): Promise<Remainder>;
}

/** Opens the client of a service. Throws `CLIENT_OPTION_INVALID`, and nothing else. */
export function createClient(options: ClientOptions): Client {
  const settings = settingsOf(options);
  const { now } = settings;
  const startedAtMs = now();
  const meter = new Meter(startedAtMs, onProblem);
  const problems = new ErrorTotals(
    (code) => meter.total(clientMetrics, 'omninode_mesh_client_problems_total', { code }),
    () => meter.total(clientMetrics, 'omninode_mesh_client_other_labels_total', { label: 'code' }).add(),
  );
  const publisher = createPublisher({ ...publisherOptions(settings), onProblem });
  const writer = publisher.open(identityOf(settings, startedAtMs));
  const report = publisherReport(startedAtMs);
  const slow = new SlowOperations(settings.slowestPerInterval);
  const tracer = new Tracer({
    operations: new Operations(meter, settings),
    slow,
    activeSpan: loadOpenTelemetry(onProblem),
    sampled: settings.sampled,
    now,
    onProblem,
  });
  const watches = createWatches({
    meter,
    event: (event) => writer.event(event),
    now,
    onProblem,
    maxTopics: settings.maxTopics,
    topic: settings.topic,
  });
  let wholeAtMs = -Infinity;
  let passedAtMs = -Infinity;
  let closing: Promise<Remainder> | undefined;
  const interval = setInterval(pass, settings.intervalMs);
  interval.unref();

  return {
    ...watches.methods,
    trace: <T>(...given: Parameters<typeof tracer.trace<T>>) => tracer.trace(...given) as never,
    begin: (component, operation, given) => openRequest(tracer, component, operation, given),
    get current() {
      return tracer.current;
    },
    inject(headers) {
      tracer.inject(headers);
      return headers;
    },
    stats: () => publisher.stats(),
    flush(timeoutMs = 5_000) {
      pass();
      return publisher.flush(timeoutMs);
    },
    close(timeoutMs = 5_000) {
      closing ??= end(timeoutMs);
      return closing;
    },
  };

  function pass(): void {
    if (closing) return;
    try {
      // A clock that was set back must not make what is newer look older.
      const nowMs = (passedAtMs = Math.max(passedAtMs + 1, now()));
      const whole = nowMs - wholeAtMs >= wholeEveryMs;
      if (whole) wholeAtMs = nowMs;
      meter.write(writer, nowMs, whole);
      for (const event of slow.take()) writer.event(event);
      report(writer, publisher.stats(), nowMs);
      writer.publish(nowMs);
    } catch (error) {
      onProblem(error);
    }
  }

  function end(timeoutMs: number): Promise<Remainder> {
    clearInterval(interval);
    pass();
    watches.stop();
    return publisher.close(timeoutMs);
  }

  function onProblem(error: unknown): void {
    problems.add(error);
    try {
      settings.onProblem?.(error);
    } catch {
      // The host's own handler failed; there is nobody left to tell.
    }
  }
}

/** Series that do not change are sent this often, ms: readers hide what they have not seen for minutes. */
const wholeEveryMs = 60_000;

function identityOf({ service, instance }: ClientSettings, startedAtMs: number) {
  return {
    producer: `${service}/${instance}`,
    entity: service,
    incarnation: Math.round(startedAtMs),
    labels: { service_name: service, service_instance: instance },
  };
}

function publisherOptions({ bus, topic, maxMemoryBytes, spool, now }: ClientSettings) {
  // Small enough for what web servers take by default, a third larger as text.
  const most = Math.min(512 * 1024, maxMemoryBytes / 4);
  return { bus, topic, maxMemoryBytes, spool, now, maxRecordBytes: most, maxBatchBytes: most };
}
