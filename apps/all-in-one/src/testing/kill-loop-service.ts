/**
 * What the kill loop kills: the aggregator on the embedded transport, and producers that write as fast as they may. On stdout
 * it says what the bus has acknowledged: the oracle that the loop judges by. `--quiet`: it only reads what is there.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { AggregatorModule, aggregatorSections } from '@omninode/aggregator';
import { MeshServer, PUBLISHER } from '@omninode/bus';
import { counter, type MeasurementPublisher, type MeasurementWriter } from '@omninode/contracts';
import { startService } from '@omninode/service-kit';
import { EmbeddedTransportModule } from '@omninode/transport-embedded';

const [folder = '', mode] = process.argv.slice(2);
const producers = ['a', 'b', 'c', 'd', 'e'];
const seriesOfEach = 20;
const total = counter('events', 'What the loop counts.', ['nth']);

const { app, url } = await startService(
  'kill-loop',
  ({ configuration, logger }) => [
    EmbeddedTransportModule.forRoot({
      folder: join(folder, 'bus'),
      publisher: {
        lingerMs: 1,
        spool: { directory: join(folder, 'spool') },
        onAcknowledged: ({ producer, incarnation, sequence }) =>
          say(`acknowledged ${producer} ${incarnation} ${sequence}`),
      },
    }),
    AggregatorModule.forRoot({
      // Snapshots as often as can be, more than may be configured, so that many kills hit one in the middle.
      configuration: {
        ...configuration,
        aggregator: { ...configuration.aggregator, snapshotEvery: 40, summaryEvery: 100 },
      },
      host: '127.0.0.1',
      instance: 'kill-loop',
      logger,
      processSamples: async () => [],
    }),
  ],
  { sections: aggregatorSections, env: {}, argv: ['--http.port=0', '--log.level=error'], strategy: MeshServer },
);
say(`ready ${url}`);
if (mode !== '--quiet') write(app.get<MeasurementPublisher>(PUBLISHER, { strict: false }));

/** Each pass of a producer adds one to all its counters; they go on from what earlier processes may have counted. */
function write(publisher: MeasurementPublisher): void {
  const incarnation = Date.now();
  for (const name of producers) {
    const writer = publisher.open({ producer: `loop/${name}`, entity: name, incarnation, labels: { target: name } });
    const series = Array.from({ length: seriesOfEach }, (_, nth) =>
      writer.series('omninode_loop_events_total', total, [String(nth)]),
    );
    let passes = 0;
    setInterval(() => pass(writer, series, incarnation + ++passes), 3);
  }
}

function pass(writer: MeasurementWriter, series: readonly number[], value: number): void {
  for (const each of series) writer.point(each, value);
  writer.publish(Date.now());
}

/** Written at once: what was said before the kill must reach the loop. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
