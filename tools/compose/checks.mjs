// What is checked, in this order: each check finds the mesh as those before left it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  askAny,
  databaseCounters,
  demandClosedLedger,
  demandData,
  demandNoCounterFell,
  demandShares,
  isOwner,
  partitionsOfMesh,
  runningAggregators,
} from './answers.mjs';
import { demandLoopback, demandNoRights, demandNoSecretShown } from './hardening.mjs';
import { runProgram } from './program.mjs';
import { askPrometheus } from './prometheus.mjs';
import { demandHealthy, watcherOf } from './services.mjs';
import { demand, until } from './until.mjs';

const minuteMs = 60_000;
const healthyWithinMs = 2 * minuteMs;
/** A session of a member that was killed (10 s), and the restore by those that take over. */
const takeOverMs = 25_000;
const wanted = { aggregator: 3, 'database-collector': 2 };

/**
 * `run` resolves to a note of what was seen, or to `{ skipped }` with the reason. The log of `services` is shown when it fails.
 * Without an `essential` one the others make no sense.
 */
export const checks = [
  { name: 'the images are built', essential: true, services: [], run: buildImages },
  { name: 'the containers are made', essential: true, services: [], run: makeContainers },
  { name: 'every service is healthy within 2 min', essential: true, services: [], run: startAll },
  { name: '/health says healthy', services: ['aggregator', 'database-collector'], run: seeHealth },
  { name: '/api/v1/targets lists the demo database with fresh data', services: ['database-collector'], run: seeTarget },
  { name: 'promtool has nothing to say of /metrics', services: ['aggregator'], run: judgeMetrics },
  { name: 'nothing runs as root; ours has no rights and a read-only filesystem', services: [], run: demandNoRights },
  { name: 'ports are published on loopback only', services: [], run: demandLoopback },
  { name: '3 aggregators share the 12 partitions 4/4/4', services: ['aggregator'], run: scale },
  { name: 'one of 2 collectors watches the database', services: ['database-collector'], run: seeOneWatcher },
  {
    name: 'Prometheus scrapes every aggregator, has the rules and an Alertmanager',
    services: ['prometheus', 'alertmanager'],
    run: seePrometheus,
  },
  {
    name: 'docker kill of an aggregator: the others own all within 25 s',
    services: ['aggregator'],
    run: killAggregator,
  },
  { name: 'the ledger closes, and no counter fell', services: ['aggregator'], run: seeNothingLost },
  {
    name: 'docker kill of the watching collector: fresh data within 25 s',
    services: ['database-collector'],
    run: killCollector,
  },
  { name: 'restart of everything: healthy within 2 min', services: [], run: restartAll },
  {
    name: 'no record is lost, and no counter fell',
    services: ['aggregator', 'database-collector'],
    run: seeNothingLostByRestart,
  },
  { name: 'no secret in docker inspect and in the logs', services: [], run: demandNoSecretShown },
];

/** Runs at the end of all, whatever happened before. */
export const leavesNothing = { name: 'down -v leaves nothing', services: [], run: takeDown };

async function buildImages({ project, options }) {
  if (!options.build) return { skipped: '--no-build' };
  await project.compose(['build'], { deadlineMs: 20 * minuteMs });
}

/** Images of others are fetched here, if they are not on this machine: that has nothing to do with how quickly the mesh starts. */
async function makeContainers({ project }) {
  await project.compose(['up', '--no-start', '--no-build'], { deadlineMs: 10 * minuteMs });
}

async function startAll(scene) {
  scene.services = (await scene.project.compose(['config', '--services'])).trim().split('\n');
  const startedAtMs = performance.now();
  await scene.project.compose(['up', '--detach', '--no-build'], { deadlineMs: healthyWithinMs });
  const count = await until(healthyWithinMs - (performance.now() - startedAtMs), scene.signal, () =>
    demandHealthy(scene),
  );
  return `${count} containers`;
}

async function seeHealth(scene) {
  await until(minuteMs, scene.signal, async () => {
    const { system_health: health, reasons } = JSON.parse(await askAny(scene, '/health'));
    demand(health === 'healthy', `it says ${health}: ${JSON.stringify(reasons)}`);
  });
}

async function seeTarget(scene) {
  const { families } = await until(minuteMs, scene.signal, () => demandData(scene, Date.now() - 15_000));
  return `${families.length} families`;
}

async function judgeMetrics(scene) {
  const page = await askAny(scene, '/metrics');
  try {
    // It ends with another code than 0 when it has something to say, too.
    await runProgram(['promtool', 'check', 'metrics'], { input: page, signal: scene.signal });
  } catch (error) {
    if (error.cause?.code === 'ENOENT') return { skipped: 'promtool is not here; it comes with Prometheus' };
    throw error;
  }
  return `${page.split('\n').length} lines`;
}

async function scale(scene) {
  const sizes = Object.entries(wanted).flatMap(([service, count]) => ['--scale', `${service}=${count}`]);
  await scene.project.compose(['up', '--detach', '--no-build', '--no-recreate', ...sizes], {
    deadlineMs: healthyWithinMs,
  });
  await until(healthyWithinMs, scene.signal, () => demandHealthy(scene, { wanted }));
  await until(minuteMs, scene.signal, () => demandShares(scene, [4, 4, 4]));
}

async function seePrometheus(scene) {
  return until(minuteMs, scene.signal, async () => {
    const { activeTargets } = await askPrometheus(scene, 'targets');
    const up = activeTargets.filter(({ health }) => health === 'up').length;
    demand(up === wanted.aggregator, `${up} of ${activeTargets.length} targets are up, not ${wanted.aggregator}`);
    const { groups } = await askPrometheus(scene, 'rules');
    const rules = groups.flatMap((group) => group.rules);
    const ill = rules.filter(({ health }) => health !== 'ok');
    demand(rules.length > 0 && ill.length === 0, `${ill.length} of ${rules.length} rules are not ok: ${ill[0]?.name}`);
    const { activeAlertmanagers } = await askPrometheus(scene, 'alertmanagers');
    demand(activeAlertmanagers.length === 1, `it knows ${activeAlertmanagers.length} Alertmanagers`);
    return `${up} targets, ${rules.length} rules`;
  });
}

async function seeOneWatcher(scene) {
  const { name } = await watcherOf(scene);
  await until(takeOverMs, scene.signal, () => demandData(scene, Date.now() - 15_000));
  return name;
}

/** Of the one that has the state of the database, so that the others have something to restore. */
async function killAggregator(scene) {
  const { partitions, totals } = await demandClosedLedger(scene);
  scene.before = { received: totals.received, counters: await databaseCounters(scene) };
  const fullest = partitions.toSorted((a, b) => b.series.live - a.series.live)[0];
  const victim = (await runningAggregators(scene)).find((each) => isOwner(each, fullest.owner));
  demand(victim, `nobody that runs owns partition ${fullest.partition}: ${fullest.owner}`);
  return killed(scene, victim, async () => {
    await demandShares(scene, [partitionsOfMesh / 2, partitionsOfMesh / 2]);
  });
}

async function seeNothingLost(scene) {
  const { received, counters } = scene.before;
  return until(minuteMs, scene.signal, async () => {
    const { totals } = await demandClosedLedger(scene, { received });
    return `${totals.received} records, ${await demandNoCounterFell(scene, counters)} counters`;
  });
}

async function killCollector(scene) {
  const victim = await watcherOf(scene);
  return killed(scene, victim, (killedAtMs) => demandData(scene, killedAtMs + 1_000));
}

/** Kills a container and waits until it is as if it had never been. */
async function killed({ project, signal }, victim, isMended) {
  await project.docker(['kill', victim.id]);
  const killedAtMs = Date.now();
  // What the mesh says now may be of before.
  await sleep(2_000, undefined, { signal });
  await until(takeOverMs - 2_000, signal, () => isMended(killedAtMs));
  return `${victim.name} killed, mended after ${((Date.now() - killedAtMs) / 1000).toFixed(1)} s`;
}

/** The mesh's own services wait for what is away. The demo's ends when it finds no database at its start, and is started again. */
async function restartAll(scene) {
  const { totals } = await demandClosedLedger(scene);
  scene.before = { received: totals.received, counters: await databaseCounters(scene) };
  scene.restartedAtMs = Date.now();
  await scene.project.compose(['restart'], { deadlineMs: healthyWithinMs });
  const count = await until(healthyWithinMs - (Date.now() - scene.restartedAtMs), scene.signal, () =>
    demandHealthy(scene, { wanted, mayFail: ['demo-bridge'] }),
  );
  return `${count} containers`;
}

async function seeNothingLostByRestart(scene) {
  await until(minuteMs, scene.signal, async () => {
    await demandShares(scene, [4, 4, 4]);
    await demandData(scene, scene.restartedAtMs + 5_000);
  });
  return seeNothingLost(scene);
}

async function takeDown({ project }) {
  const left = await project.remove();
  demand(left.length === 0, `left behind: ${left.join(', ')}`);
}
