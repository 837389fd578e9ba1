import { apiConfig, healthConfig } from '@omninode/mesh-api';
import { notifyConfig } from '@omninode/notifiers';
import type { z } from 'zod';
import { aggregatorConfig } from './aggregator.config.js';
import { alertsConfig } from './alerts/alerts.config.js';
import { historyConfig } from './history/history.config.js';

/** The sections of the configuration of every process that aggregates. */
export const aggregatorSections = {
  aggregator: aggregatorConfig,
  api: apiConfig,
  health: healthConfig,
  alerts: alertsConfig,
  notify: notifyConfig,
  history: historyConfig,
};

export type AggregatorSections = {
  readonly [Section in keyof typeof aggregatorSections]: z.output<(typeof aggregatorSections)[Section]>;
};
