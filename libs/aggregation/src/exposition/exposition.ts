import { Buffer } from 'node:buffer';
import type { Metric, MetricDefinition } from '@omninode/contracts';
import type { PartitionState } from '../state/partition-state.js';
import { PageBuffer } from './page-buffer.js';
import { kindCodes } from '../store/series-store.js';
import { escapeHelp, familyOf, ownLine, writeLines, writePlainLine, type Format } from './lines.js';

/** A sample of the aggregator's own, which is in no store. */
export interface OwnSample {
  readonly name: string;
  readonly metric: Metric;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExpositionOptions {
  /** `text`: Prometheus 0.0.4. `openmetrics`: OpenMetrics 1.0. */
  readonly format: Format;
  /** Series that nobody has sent for this long are hidden, ms. They go on when they come back. */
  readonly expiryMs: number;
  readonly nowMs: number;
  /** Which metrics are wanted. Absent: all. */
  accepts?(name: string): boolean;
  readonly own?: readonly OwnSample[];
}

export const contentTypeOf: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const seriesPerSlice = 1_000;

/**
 * The text that Prometheus scrapes, in slices of at most 1 000 series, so that the caller can let others run in between. A
 * family's header stands once, whoever sent its series. Where two producers give one name different kinds, the first kind
 * stands and the other's series are left out: a page that Prometheus refuses would hide everything.
 */
export function* exposition(states: readonly PartitionState[], options: ExpositionOptions): Generator<Buffer> {
  // A series without a point yet was never seen.
  const notBeforeMs = Math.max(1, options.nowMs - options.expiryMs);
  const own = Map.groupBy(options.own ?? [], ({ name }) => name);
  const families = states.map((state) => state.store.families());
  const names = new Set([...own.keys(), ...families.flatMap((byName) => [...byName.keys()])]);
  const wanted = [...names].filter((name) => options.accepts?.(name) ?? true).sort();

  const page = new PageBuffer();
  let lines = 0;
  for (const name of wanted) {
    const samples = own.get(name) ?? [];
    const metric = samples[0]
      ? { ...samples[0].metric, name, help: samples[0].metric.meaning }
      : firstDefinition(states, families, name);
    let header: string | undefined = headerOf(metric, options.format);
    for (const sample of samples) {
      page.text((header ?? '') + ownLine(sample));
      header = undefined;
    }
    const kind = kindCodes[metric.kind];
    const isPlain = kind === kindCodes.gauge || (kind === kindCodes.counter && options.format === 'text');
    const write = isPlain ? writePlainLine : writeLines;
    for (const [nth, { store }] of states.entries()) {
      const { seen, kinds } = store;
      for (const series of families[nth]!.get(name) ?? []) {
        if (seen[series]! < notBeforeMs || kinds[series] !== kind) continue;
        if (header !== undefined) page.text(header);
        header = undefined;
        write(page, store, series, options.format);
        if (++lines < seriesPerSlice) continue;
        yield page.take();
        lines = 0;
      }
    }
  }
  if (options.format === 'openmetrics') page.text('# EOF\n');
  if (page.length > 0) yield page.take();
}

function firstDefinition(
  states: readonly PartitionState[],
  families: readonly ReadonlyMap<string, readonly number[]>[],
  name: string,
): MetricDefinition {
  const nth = families.findIndex((byName) => byName.has(name));
  return states[nth]!.store.series[families[nth]!.get(name)![0]!]!.metric;
}

function headerOf(metric: Pick<MetricDefinition, 'name' | 'kind' | 'unit' | 'help'>, format: Format): string {
  const family = familyOf(metric.name, format);
  const type = metric.kind === 'exponential' ? 'histogram' : metric.kind;
  // OpenMetrics wants the unit to be the end of the name.
  const unit =
    format === 'openmetrics' && metric.unit && family.endsWith(`_${metric.unit}`)
      ? `# UNIT ${family} ${metric.unit}\n`
      : '';
  const help = metric.help ? `# HELP ${family} ${escapeHelp(metric.help, format)}\n` : '';
  return `${help}# TYPE ${family} ${type}\n${unit}`;
}
