import type { OwnSample } from '@omninode/aggregation';
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
  return {
    states: () => aggregator.states(),
    summaries: () => aggregator.summaries(),
    limits: () => aggregator.healthLimits(),
    expiryMs: config.seriesExpiry,
    nowMs,
    ownSamples: async () => [...(await processSamples()), ...aggregator.meshSamples()],
  };
}
