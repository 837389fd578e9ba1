import type { Artifact } from '@omninode/contracts';

/** Where a Grafana finds the dashboards; docker-compose.yml mounts them there. */
export const dashboardsFolder = '/etc/grafana/dashboards';
/** How often Prometheus scrapes: `$__rate_interval` is at least four times that. */
export const scrapeInterval = '15s';

const head = '# Made by `npm run generate`.\n';

/** What Grafana reads at its start: where its data is, and which dashboards there are. */
export function provisioningArtifacts(): Artifact[] {
  return [
    { path: 'dashboards/provisioning/datasources/omninode.yml', content: head + dataSources },
    { path: 'dashboards/provisioning/dashboards/omninode.yml', content: head + providers },
  ];
}

const dataSources = `apiVersion: 1
datasources:
  - name: Prometheus
    uid: omninode-prometheus
    type: prometheus
    access: proxy
    url: http://prometheus:9090
    isDefault: true
    editable: false
    jsonData:
      httpMethod: POST
      prometheusType: Prometheus
      timeInterval: ${scrapeInterval}
  - name: Alertmanager
    uid: omninode-alertmanager
    type: alertmanager
    access: proxy
    url: http://alertmanager:9093
    editable: false
    jsonData:
      implementation: prometheus
      handleGrafanaManagedAlerts: false
`;

const providers = `apiVersion: 1
providers:
  - name: omninode-mesh
    folder: OmniNode Mesh
    type: file
    disableDeletion: true
    allowUiUpdates: false
    updateIntervalSeconds: 60
    options:
      path: ${dashboardsFolder}
`;
