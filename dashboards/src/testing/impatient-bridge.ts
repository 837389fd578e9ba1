import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMeshProcess, type MeshProcess } from '@omninode/testing';

const appearsWithinMs = 60_000;

/**
 * A second bridge on the servers of the demo, in which one thing after the other goes wrong at once: that of the demo takes three
 * minutes for what this one does in one.
 */
export async function startImpatientBridge(
  demo: MeshProcess,
  folder: string,
  servers: { readonly hasKafka: boolean; readonly hasRedis: boolean },
): Promise<MeshProcess> {
  const postgres = await portOf(demo, 'PostgreSQL');
  const kafka = servers.hasKafka ? await portOf(demo, 'Kafka') : undefined;
  const redis = servers.hasRedis ? await portOf(demo, 'Redis') : undefined;
  return startMeshProcess({
    app: 'demo-bridge',
    name: 'impatient bridge',
    env: {
      OMNINODE_DATA_DIR: join(folder, 'impatient-bridge'),
      OMNINODE_DEMO_DATABASE: `postgres://postgres@127.0.0.1:${postgres}/bridge`,
      ...(kafka && { OMNINODE_DEMO_KAFKA: `127.0.0.1:${kafka}` }),
      ...(redis && { OMNINODE_DEMO_REDIS: `redis://127.0.0.1:${redis}` }),
      OMNINODE_DEMO_MESH_URL: demo.url,
      // The server has room for no more beside the pool of the demo.
      OMNINODE_DEMO_POOL_SIZE: '3',
      ...(kafka && { OMNINODE_DEMO_INCIDENT: 'dead-letters' }),
      OMNINODE_DEMO_FIRST_INCIDENT: '1s',
      OMNINODE_DEMO_INCIDENT_PAUSE: '1s',
      OMNINODE_DEMO_INCIDENT_LASTS: '8s',
    },
  });
}

/** Where a server of the demo listens, as the demo says it. */
async function portOf(demo: MeshProcess, server: string): Promise<string> {
  const endAtMs = performance.now() + appearsWithinMs;
  while (performance.now() < endAtMs) {
    const port = new RegExp(`The demo has a ${server}\\..*port=(\\d+)`).exec(demo.log.join('\n'))?.[1];
    if (port) return port;
    await sleep(100);
  }
  throw new Error(`The demo has no ${server}:\n${demo.log.join('\n')}`);
}
