import { startWebServer } from './web-server.js';
import type { WebProgram, WebServer, WebServerOptions } from './web-server.js';

/** Starts a Prometheus on 127.0.0.1. `POST /-/reload` reads its configuration file again. */
export function startPrometheus(options: WebServerOptions = {}): Promise<WebServer> {
  return startWebServer(prometheus, options);
}

/** Starts an Alertmanager on 127.0.0.1, without gossip. */
export function startAlertmanager(options: WebServerOptions = {}): Promise<WebServer> {
  return startWebServer(alertmanager, options);
}

export const prometheus: WebProgram = {
  server: 'Prometheus',
  programs: ['prometheus'],
  debianPackage: 'prometheus',
  configuration: 'global: { scrape_interval: 5s }\n',
  args: ({ configurationFile, folder, address }) => [
    `--config.file=${configurationFile}`,
    `--storage.tsdb.path=${folder}/data`,
    '--storage.tsdb.retention.time=1d',
    `--web.listen-address=${address}`,
    '--web.enable-lifecycle',
    '--log.level=warn',
  ],
};

export const alertmanager: WebProgram = {
  server: 'Alertmanager',
  programs: ['prometheus-alertmanager', 'alertmanager'],
  debianPackage: 'prometheus-alertmanager',
  configuration: 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n',
  args: ({ configurationFile, folder, address }) => [
    `--config.file=${configurationFile}`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=', // empty: no gossip; by default it listens for peers on all interfaces
    '--log.level=warn',
  ],
};
