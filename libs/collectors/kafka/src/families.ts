import type { AnyFamily } from '@omninode/collector-kit';
import { cluster } from './families/cluster.js';
import { consumerGroups } from './families/consumer-groups.js';
import { deadLetters } from './families/dead-letters.js';
import { logSizes } from './families/log-sizes.js';
import { sweepCost } from './families/sweep-cost.js';
import { topics } from './families/topics.js';
import type { KafkaQuery } from './sweep/sweep-parts.js';

/** All families, in the order in which a pass reads them: a test fails when a file of `families/` is missing here. */
export const kafkaFamilies: readonly AnyFamily<KafkaQuery>[] = [
  cluster,
  topics,
  consumerGroups,
  deadLetters,
  logSizes,
  sweepCost,
];
