import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the platform's `workflow_cache.get_cache_stats()` answers. */
export const workflowCacheStats = {
  performance_metrics: {
    cache_hits: 900,
    cache_misses: 100,
    hit_rate_percent: 90,
    disk_reads: 12,
    disk_writes: 30,
    compressions: 7,
    decompressions: 5,
  },
  storage_metrics: {
    memory_entries: 40,
    disk_entries: 25,
    total_entries: 65,
    memory_usage_bytes: 50_331_648,
    disk_usage_bytes: 104_857_600,
    memory_usage_percent: 37.5,
    disk_usage_percent: 9.8,
  },
  configuration: {
    max_memory_size_mb: 128,
    max_disk_size_mb: 1024,
    compression_threshold_kb: 10,
    disk_threshold_kb: 100,
    cache_directory: '/var/cache/workflow',
  },
};

/** A service that answers as it is told to, until the test ends. */
export async function startCacheService(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    response.on('error', () => undefined); // whoever asks may go away
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/cache/stats`,
    place: `127.0.0.1:${port}`,
    get asked() {
      return asked;
    },
  };
}

export function asJson(response: ServerResponse, json: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}
