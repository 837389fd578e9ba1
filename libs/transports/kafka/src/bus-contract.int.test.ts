import { unavailable } from '@omninode/local-services';
import { describe } from 'vitest';
import { contractOn } from './testing/contract-on-cluster.js';

describe.skipIf(unavailable('kafka'))('a real Kafka', () => contractOn('of one broker', {}));
