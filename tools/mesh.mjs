// `npm run mesh`: the mesh as separate processes on a local Kafka, watching a local PostgreSQL with the demo's shop on it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startKafka, startPostgres } from '@omninode/local-services';

const { values } = parseArgs({
  options: {
    aggregators: { type: 'string', default: '1' },
    'database-collectors': { type: 'string', default: '1' },
    'kafka-nodes': { type: 'string', default: '1' },
    data: { type: 'string', default: '.data/mesh' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run mesh -- [--aggregators N] [--database-collectors N] [--kafka-nodes 1|3] [--data FOLDER]

Aggregators answer on 8080, 8180, 8280 …, database collectors on 8081, 8181, 8281 …. Control-C ends everything.`);
  process.exit(0);
}

const running = [];
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end(0));

say('mesh', 'starting Kafka and PostgreSQL …');
const kafka = await startKafka({ folder: join(values.data, 'kafka'), nodes: Number(values['kafka-nodes']) });
const postgres = await startPostgres({
  folder: join(values.data, 'postgres-18'),
  databases: ['shop'],
  maxConnections: 40,
});
say('mesh', `Kafka at ${kafka.brokers.join(',')}, PostgreSQL at ${postgres.host}:${postgres.port}`);

run('shop', 'apps/demo-bridge/dist/main.js', {}, ['--database', postgres.url('postgres', 'shop')]);
for (const [app, count, firstPort] of [
  ['aggregator', Number(values.aggregators), 8080],
  ['database-collector', Number(values['database-collectors']), 8081],
]) {
  for (let nth = 0; nth < count; nth++) {
    run(count > 1 ? `${app}-${nth + 1}` : app, `apps/${app}/dist/main.js`, {
      OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
      OMNINODE_HTTP_PORT: String(firstPort + nth * 100),
      OMNINODE_DATA_DIR: join(values.data, `${app}-${nth + 1}`),
      OMNINODE_LOG_FORMAT: 'pretty',
      ...(app === 'database-collector' && { OMNINODE_DATABASE_URL: postgres.url('omninode', 'shop') }),
    });
  }
}

/** A process of the mesh; each of its lines is printed with its name. One that ends by itself is said, and the others go on. */
function run(name, script, env, args = []) {
  // In a group of its own: Control-C reaches this process only, which ends the others in order.
  const options = { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn(process.execPath, [script, ...args], options);
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
  await Promise.all([postgres.stop(), kafka.stop()]);
  process.exit(code);
}

function say(name, line) {
  console.log(`${name.padEnd(20)} ${line}`);
}
