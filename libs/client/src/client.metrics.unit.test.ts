import { metricProblems } from '@omninode/contracts';
import type { Metric } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { clientMetrics } from './client.metrics.js';
import { kafkaClientMetrics } from './kafka/kafka-client.metrics.js';

const all = Object.entries({ ...clientMetrics, ...kafkaClientMetrics }) as [string, Metric][];

test.each(all)('%s is named and described well', (name, metric) => expect(metricProblems(name, metric)).toEqual([]));
