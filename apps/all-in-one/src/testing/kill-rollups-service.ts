/**
 * What the kill loop of rollups kills: the aggregator on the embedded transport, and services that tell of their requests as
 * fast as they may. Before a pass is sent its totals go to stdout: the log that rollups are compared with. `--quiet`: it only
 * reads what is there.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { AggregatorModule, aggregatorSections } from '@omninode/aggregator';
import { MeshServer, PUBLISHER } from '@omninode/bus';
import { requestMetrics, type MeasurementPublisher, type MeasurementWriter } from '@omninode/contracts';
import { startService } from '@omninode/service-kit';
import { EmbeddedTransportModule } from '@omninode/transport-embedded';

const [folder = '', mode] = process.argv.slice(2);
const services = ['checkout', 'orders', 'stock'];
const operations = ['pay', 'refund'];
/** Powers of two, so that sums are exact and each is the upper bound of a bucket. */
const powers = [-3, -2, -1, 0, 1, 2];
const scale = 4;

/** What one operation of one process has counted since it began. */
interface Totals {
  success: number;
  timeout: number;
  sum: number;
  /** Durations of successes by power of two. */
  readonly byPower: number[];
}

const { app, url } = await startService(
  'kill-rollups',
  ({ configuration, logger }) => [
    EmbeddedTransportModule.forRoot({
      folder: join(folder, 'bus'),
      publisher: { lingerMs: 1, spool: { directory: join(folder, 'spool') } },
    }),
    AggregatorModule.forRoot({
      // More often than may be configured, so that kills hit snapshots and rollups in the middle.
      configuration: {
        ...configuration,
        aggregator: { ...configuration.aggregator, snapshotEvery: 40, summaryEvery: 100 },
        history: { ...configuration.history, writeEvery: 1 },
      },
      host: '127.0.0.1',
      instance: 'kill-rollups',
      logger,
      processSamples: async () => [],
    }),
  ],
  { sections: aggregatorSections, env: {}, argv: ['--http.port=0', '--log.level=error'], strategy: MeshServer },
);
say(`ready ${url}`);
if (mode !== '--quiet') serve(app.get<MeasurementPublisher>(PUBLISHER, { strict: false }));

function serve(publisher: MeasurementPublisher): void {
  const incarnation = Date.now();
  for (const service of services) {
    const instance = String(incarnation);
    const labels = { service_name: service, service_instance: instance };
    const writer = publisher.open({ producer: `${service}/${instance}`, entity: service, incarnation, labels });
    const told = operations.map((operation) => operationOf(writer, operation, incarnation));
    let passes = 0;
    setInterval(() => {
      passes++;
      const totals = told.map(({ work }) => work(`${service}-${incarnation}-${passes}`));
      say(
        `pass ${JSON.stringify([service, instance, Object.fromEntries(operations.map((name, nth) => [name, totals[nth]]))])}`,
      );
      writer.publish(Date.now());
    }, 4);
  }
}

function operationOf(writer: MeasurementWriter, operation: string, startMs: number) {
  const seriesOf = <N extends keyof typeof requestMetrics>(name: N, ...rest: string[]) => {
    const series = writer.series(name, requestMetrics[name], ['api', operation, ...rest]);
    writer.startedAt(series, startMs);
    return series;
  };
  const success = seriesOf('omninode_requests_total', 'success');
  const timeout = seriesOf('omninode_requests_total', 'timeout');
  const errors = seriesOf('omninode_errors_total', 'ETIMEDOUT');
  const durations = seriesOf('omninode_request_duration_seconds', 'success');
  const totals: Totals = { success: 0, timeout: 0, sum: 0, byPower: powers.map(() => 0) };
  return { work };

  function work(requestId: string): Totals {
    const nth = Math.floor(Math.random() * powers.length);
    const seconds = 2 ** powers[nth]!;
    totals.success++;
    totals.sum += seconds;
    totals.byPower[nth]!++;
    if (Math.random() < 0.1) totals.timeout++;
    writer.point(success, totals.success);
    writer.point(timeout, totals.timeout);
    writer.point(errors, totals.timeout);
    const { sum, byPower } = totals;
    writer.exponential(durations, {
      scale,
      zeroCount: 0,
      sum,
      offset: powers[0]! * 2 ** scale - 1,
      counts: bucketsOf(byPower),
    });
    if (Math.random() < 0.05) {
      const attributes = {
        component: 'api',
        operation,
        status: 'success',
        duration_seconds: seconds,
        request_id: requestId,
      };
      writer.event({ name: 'omninode.slow_operation', timeMs: Date.now(), attributes });
    }
    return totals;
  }
}

function bucketsOf(byPower: readonly number[]): number[] {
  const counts = Array.from({ length: (powers.length - 1) * 2 ** scale + 1 }, () => 0);
  byPower.forEach((count, nth) => (counts[nth * 2 ** scale] = count));
  return counts;
}

/** Written at once: what was said before the kill must reach the loop. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
