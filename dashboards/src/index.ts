export { alertArtifacts } from './alert-artifacts.js';
export { catalogues } from './catalogues.js';
export type { Catalogue } from './catalogues.js';
export { dashboardArtifacts } from './dashboards.js';
export { metricsReference } from './metrics-reference.js';
export { provisioningArtifacts } from './provisioning.js';
