// `npm run mesh`: the mesh as separate processes on a local Kafka, watching local servers with the demo's service on them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startKafka, startPostgres, startRedis, unavailable } from '@omninode/local-services';

/** Each app with the port of its first replica; the next ones answer a hundred further on. */
const apps = {
  aggregator: 8080,
  'database-collector': 8081,
  'kafka-collector': 8082,
  'cache-collector': 8083,
  'breaker-collector': 8084,
};
const bridgePort = 8086;
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(apps).map((app) => [`${app}s`, { type: 'string', default: '1' }])),
    'kafka-nodes': { type: 'string', default: '1' },
    data: { type: 'string', default: '.data/mesh' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run mesh -- ${Object.keys(apps)
    .map((app) => `[--${app}s N]`)
    .join(' ')} [--kafka-nodes 1|3] [--quiet] [--data FOLDER]

${Object.entries(apps)
  .map(([app, port]) => `${app.padEnd(20)} on ${port}, ${port + 100}, ${port + 200} …`)
  .join('\n')}
demo-bridge          on ${bridgePort}; with --quiet nothing goes wrong in it on purpose. Control-C ends everything.`);
  process.exit(0);
}

const running = [];
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end(0));

say('mesh', 'starting Kafka, PostgreSQL and Redis …');
const { kafka, postgres, redis } = await startServers().catch((error) => {
  console.error(`✗ ${error.message}\nAnother mesh on the same folder? --data FOLDER takes another one.`);
  process.exit(1);
});
const brokers = kafka.brokers.join(',');
const redisUrl = redis && `redis://127.0.0.1:${redis.port}`;
say(
  'mesh',
  `Kafka at ${brokers}, PostgreSQL at ${postgres.host}:${postgres.port}${redis ? `, Redis at ${redisUrl}` : ''}`,
);

const platform = `http://127.0.0.1:${bridgePort}/platform`;
const targets = [
  {
    id: 'demo-postgres',
    kind: 'database',
    url: postgres.url('omninode', 'bridge'),
    pools: [{ pool: 'platform', url: `${platform}/postgres` }],
  },
  { id: 'demo-kafka', kind: 'kafka', url: brokers },
  { id: 'demo-caches', kind: 'cache', url: `${platform}/caches` },
  { id: 'demo-breakers', kind: 'breaker', url: `${platform}/metrics` },
  ...(redis ? [{ id: 'demo-redis', kind: 'cache', url: redisUrl }] : []),
];
mkdirSync(values.data, { recursive: true });
const configuration = join(values.data, 'mesh.yaml');
// JSON is YAML.
writeFileSync(configuration, `${JSON.stringify({ targets }, undefined, 2)}\n`, { mode: 0o600 });

for (const [app, firstPort] of Object.entries(apps)) {
  const count = Number(values[`${app}s`]);
  for (let nth = 0; nth < count; nth++) {
    run(count > 1 ? `${app}-${nth + 1}` : app, `apps/${app}/dist/main.js`, {
      OMNINODE_BUS_BROKERS: brokers,
      OMNINODE_CONFIG: configuration,
      OMNINODE_HTTP_PORT: String(firstPort + nth * 100),
      OMNINODE_DATA_DIR: join(values.data, `${app}-${nth + 1}`),
    });
  }
}
run('demo-bridge', 'apps/demo-bridge/dist/main.js', {
  OMNINODE_HTTP_PORT: String(bridgePort),
  OMNINODE_DATA_DIR: join(values.data, 'demo-bridge'),
  OMNINODE_DEMO_DATABASE: postgres.url('postgres', 'bridge'),
  OMNINODE_DEMO_KAFKA: brokers,
  OMNINODE_DEMO_MESH_BROKERS: brokers,
  OMNINODE_DEMO_QUIET: String(values.quiet),
  ...(redis && { OMNINODE_DEMO_REDIS: redisUrl }),
});

async function startServers() {
  const inFolder = (name) => join(values.data, name);
  return {
    kafka: await startKafka({ folder: inFolder('kafka'), nodes: Number(values['kafka-nodes']) }),
    postgres: await startPostgres({ folder: inFolder('postgres-18'), databases: ['bridge'], maxConnections: 40 }),
    redis: unavailable('redis') ? undefined : await startRedis({ folder: inFolder('redis') }),
  };
}

/** A process of the mesh; each of its lines is printed with its name. One that ends by itself is said, and the others go on. */
function run(name, script, env) {
  // In a group of its own: Control-C reaches this process only, which ends the others in order.
  const options = {
    env: { PATH: process.env.PATH, OMNINODE_LOG_FORMAT: 'pretty', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  };
  const child = spawn(process.execPath, [script], options);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => say(name, line));
  const exited = once(child, 'exit').then(([code, signal]) => say(name, `ended (${signal ?? `code ${code}`})`));
  running.push({ child, exited });
}

async function end(code) {
  if (ending) return;
  ending = true;
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(running.map(({ exited }) => exited));
  await Promise.all([postgres.stop(), redis?.stop(), kafka.stop()]);
  process.exit(code);
}

function say(name, line) {
  console.log(`${name.padEnd(20)} ${line}`);
}
