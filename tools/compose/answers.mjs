// What the mesh in the containers answers, asked from outside through the published ports.
import { demand } from './until.mjs';

export const partitionsOfMesh = 12;
/** An aggregator tells about its partitions every 2 s (aggregator.summaryEvery): what is older is told by nobody any more. */
const freshMs = 5_000;

/** The aggregators that run, each with the address that it is reached at. */
export async function runningAggregators({ project }) {
  const running = (await project.containers()).filter(
    ({ service, isRunning }) => service === 'aggregator' && isRunning,
  );
  demand(running.length > 0, 'no aggregator runs');
  return running.map((container) => {
    const [binding] = container.published;
    demand(binding, `${container.name} publishes no port`);
    return { ...container, url: `http://${binding.HostIp}:${binding.HostPort}` };
  });
}

export async function askAny(scene, path) {
  const [first] = await runningAggregators(scene);
  return ask(scene, first, path);
}

export async function ask({ signal }, { name, url }, path) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(3_000)]);
  const answer = await fetch(url + path, { signal: deadline, headers: { connection: 'close' } }).catch((error) => {
    throw new Error(`${name} does not answer ${path}: ${error.cause?.message ?? error.message}`, { cause: error });
  });
  const page = await answer.text();
  demand(answer.ok, `${name} answers ${path} with ${answer.status}: ${page.slice(0, 300)}`);
  return page;
}

/** Throws unless every running aggregator says that the partitions are shared like this, each by one that runs, as of just now. */
export async function demandShares(scene, wanted) {
  const aggregators = await runningAggregators(scene);
  for (const aggregator of aggregators) {
    const { partitions } = JSON.parse(await ask(scene, aggregator, '/api/v1/ledger'));
    const fresh = partitions.filter(({ as_of: asOf }) => Date.now() - Date.parse(asOf) < freshMs);
    const shares = aggregators
      .map((each) => fresh.filter(({ owner }) => isOwner(each, owner)).length)
      .sort((a, b) => b - a);
    demand(
      shares.join() === wanted.join() && fresh.length === partitionsOfMesh,
      `${aggregator.name} says that the partitions are shared ${shares.join('/')} (${fresh.length} with news), not ${wanted.join('/')}`,
    );
  }
}

/** An aggregator names itself by its host, which in a container is the begin of the container's id. */
export function isOwner({ id }, owner) {
  return owner.includes(id.slice(0, 12));
}

/** Resolves to the ledger; throws unless all partitions are in it and it closes with nothing missing. */
export async function demandClosedLedger(scene, { received = 0 } = {}) {
  const ledger = JSON.parse(await askAny(scene, '/api/v1/ledger'));
  const { closes, complete, totals, gaps } = ledger;
  demand(
    closes && complete && totals.missing === 0,
    `the ledger does not close: ${JSON.stringify({ complete, totals, gaps })}`,
  );
  demand(totals.received >= received, `${totals.received} records received, ${received} were before`);
  return ledger;
}

/** Throws unless the demo's database can be read and has data of a time after `afterMs`. Resolves to its answer. */
export async function demandData(scene, afterMs) {
  const targets = JSON.parse(await askAny(scene, '/api/v1/targets'));
  const target = targets.find(({ id }) => id === 'demo-shop');
  demand(target, `no target demo-shop among ${JSON.stringify(targets.map(({ id }) => id))}`);
  demand(
    target.health === 'healthy' || target.health === 'degraded',
    `demo-shop is ${target.health}: ${JSON.stringify(target.reasons)}`,
  );
  demand(Date.parse(target.last_data_at) > afterMs, `the newest data of demo-shop is of ${target.last_data_at}`);
  return target;
}

const typeLine = /^# TYPE (\S+) counter$/gm;
/** Such a counter may begin anew with each owner; all others are the server's own and live as long as that. */
const ownersCounter = /^# HELP (\S+) .*since this owner took the target/gm;
const sampleLine = /^(([a-zA-Z_:][\w:]*)\{[^}]*\}) (\S+)$/gm;

/** What the aggregators together show of the counters of the database server, by series. */
export async function databaseCounters(scene) {
  const values = new Map();
  for (const aggregator of await runningAggregators(scene)) {
    const page = await ask(scene, aggregator, '/metrics');
    const namesOf = (line) => new Set([...page.matchAll(line)].map(([, name]) => name));
    const wanted = namesOf(typeLine).difference(namesOf(ownersCounter));
    for (const [, series, name, value] of page.matchAll(sampleLine)) {
      // What a service counts of itself begins anew with the service.
      const isOfService = series.includes('service_name=');
      if (wanted.has(name) && name.startsWith('omninode_database_') && !isOfService) values.set(series, Number(value));
    }
  }
  demand(values.size > 0, 'no aggregator shows a counter of the database');
  return values;
}

/** Throws unless every counter that was there is there, and not lower. */
export async function demandNoCounterFell(scene, before) {
  const now = await databaseCounters(scene);
  const fallen = [...before].filter(([series, value]) => !(now.get(series) >= value));
  const shown = fallen.slice(0, 3).map(([series, value]) => `${series}: ${value} → ${now.get(series) ?? 'gone'}`);
  demand(fallen.length === 0, `${fallen.length} of ${before.size} counters fell or are gone: ${shown.join('; ')}`);
  return before.size;
}
