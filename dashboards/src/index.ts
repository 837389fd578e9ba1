export { catalogues } from './catalogues.js';
export type { Catalogue } from './catalogues.js';
export { metricsReference } from './metrics-reference.js';
