import { Buffer } from 'node:buffer';
import type { PartitionState } from '../state/partition-state.js';
import { exemplifiedMetric, type RecentExemplars } from './exemplars.js';
import { escapeHelp, ownLine, writeLines, writePlainLine } from './lines.js';
import { PageBuffer } from './page-buffer.js';
import { planPage, type Format, type OwnSample, type PlannedFamily } from './plan.js';

export interface ExpositionOptions {
  readonly format: Format;
  /** Series that nobody has sent for this long are hidden, ms. They go on when they come back. */
  readonly expiryMs: number;
  readonly nowMs: number;
  /** Which metrics are wanted. Absent: all. */
  accepts?(name: string): boolean;
  readonly own?: readonly OwnSample[];
  /** Puts traces on the buckets of `omninode_request_duration_seconds`, in OpenMetrics only. Absent: none. */
  readonly exemplars?: RecentExemplars;
}

export const contentTypeOf: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const seriesPerSlice = 1_000;
/** A histogram has many lines: its slices end by their length. */
const bytesPerSlice = 200_000;

/**
 * The text that Prometheus scrapes, in slices of at most 1 000 series, so that the caller can let others run in between.
 * `planPage` says what is shown of what contradicts itself.
 */
export function* exposition(states: readonly PartitionState[], options: ExpositionOptions): Generator<Buffer> {
  // A series without a point yet was never seen.
  const notBeforeMs = Math.max(1, options.nowMs - options.expiryMs);
  const stores = states.map(({ store }) => store);
  const page = new PageBuffer();
  let written = 0;
  for (const family of planPage(states, options.own ?? [], options.format).families) {
    if (options.accepts && !options.accepts(family.metric.name)) continue;
    let header: string | undefined = headerOf(family, options.format);
    for (const sample of family.own) {
      page.text((header ?? '') + ownLine(sample));
      header = undefined;
    }
    const isPlain = family.kind === 'gauge' || (family.kind === 'counter' && options.format === 'text');
    const write = isPlain || family.isUnknown ? writePlainLine : writeLines;
    const hasExemplars = options.format === 'openmetrics' && family.title === exemplifiedMetric;
    for (const { store, nth, numbers } of family.parts) {
      const exemplarsOf = hasExemplars ? options.exemplars?.of(states[nth]!, options.nowMs) : undefined;
      for (const series of numbers) {
        if (store.seen[series]! < notBeforeMs) continue;
        const foreign = stores.length > 1 ? store.foreignIdentity(series) : undefined;
        if (foreign !== undefined && isShownElsewhere(foreign)) continue;
        if (header !== undefined) page.text(header);
        header = undefined;
        write(page, store, series, options.format, exemplarsOf?.(store.series[series]!));
        if (++written < seriesPerSlice && page.length < bytesPerSlice) continue;
        yield page.take();
        written = 0;
      }

      /** Two entities may use one name without a label that tells them apart. It stands once: its owner's, else the first. */
      function isShownElsewhere(identity: string): boolean {
        return stores.some((other, at) => {
          const series = at === nth ? -1 : other.find(identity);
          if (series < 0 || other.seen[series]! < notBeforeMs) return false;
          return at < nth || other.foreignIdentity(series) === undefined;
        });
      }
    }
  }
  if (options.format === 'openmetrics') page.text('# EOF\n');
  if (page.length > 0) yield page.take();
}

function headerOf({ title, kind, isUnknown, metric }: PlannedFamily, format: Format): string {
  const type = isUnknown ? 'unknown' : kind === 'exponential' ? 'histogram' : kind;
  // OpenMetrics wants the unit to be the end of the name.
  const unit =
    format === 'openmetrics' && metric.unit && title.endsWith(`_${metric.unit}`)
      ? `# UNIT ${title} ${metric.unit}\n`
      : '';
  const help = metric.help ? `# HELP ${title} ${escapeHelp(metric.help, format)}\n` : '';
  return `${help}# TYPE ${title} ${type}\n${unit}`;
}
