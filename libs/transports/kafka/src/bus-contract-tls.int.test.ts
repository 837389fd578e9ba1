import { contractOn, onlyOnDemand } from './testing/contract-on-cluster.js';

onlyOnDemand(() => contractOn('with TLS and SCRAM', { security: 'sasl-ssl' }));
