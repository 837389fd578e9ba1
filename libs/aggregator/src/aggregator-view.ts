import { meshHealth, meshSamples, type HealthLimits, type OwnSample } from '@omninode/aggregation';
import type { MeshView } from '@omninode/mesh-api';
import type { AggregatorConfig } from './aggregator.config.js';
import type { Aggregator } from './aggregator.js';

export interface ViewOptions {
  readonly aggregator: Aggregator;
  readonly config: AggregatorConfig;
  nowMs(): number;
  /** What the process knows of itself: CPU, memory, event loop. */
  processSamples(): Promise<readonly OwnSample[]>;
}

/** What the HTTP API shows of an aggregator. */
export function aggregatorView({ aggregator, config, nowMs, processSamples }: ViewOptions): MeshView {
  const limits = (): HealthLimits => ({
    targetStaleMs: config.targetStale,
    // Several turns may be late, by a garbage collection or a slow disk, before anybody has to worry.
    summaryStaleMs: Math.max(15_000, config.summaryEvery * 5),
    partitions: aggregator.partitionCount,
  });
  return {
    states: () => aggregator.states(),
    summaries: () => aggregator.summaries(),
    limits,
    expiryMs: config.seriesExpiry,
    nowMs,
    async ownSamples() {
      const health = meshHealth(aggregator.summaries(), nowMs(), limits());
      return [...(await processSamples()), ...meshSamples(aggregator.states(), aggregator.ownSummaries(), health)];
    },
  };
}
