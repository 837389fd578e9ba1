// The services of the project, as the engine and their logs tell of them.
import { demand } from './until.mjs';

/**
 * Throws unless as many containers of each service as are wanted (else 1) are well, and the engine had to start none again but
 * those of `mayFail`. The error's `services` are those that are not well. Resolves to the number of containers.
 */
export async function demandHealthy({ project, services }, { wanted = {}, mayFail = [] } = {}) {
  const containers = await project.containers();
  const ill = containers.flatMap(({ name, service, state, restarts }) => {
    const mayHaveFailed = restarts === 0 || mayFail.includes(service);
    if ((state === 'healthy' || state === 'running') && mayHaveFailed) return [];
    return [{ service, why: `${name} is ${state}${restarts > 0 ? ` and was started again ${restarts} times` : ''}` }];
  });
  const tooFewOrMany = services.flatMap((service) => {
    const count = containers.filter((container) => container.service === service).length;
    return count === (wanted[service] ?? 1) ? [] : [{ service, why: `${count} containers of ${service}` }];
  });
  const problems = [...ill, ...tooFewOrMany];
  if (problems.length === 0) return containers.length;
  const error = new Error(problems.map(({ why }) => why).join(', '));
  throw Object.assign(error, { services: [...new Set(problems.map(({ service }) => service))] });
}

/** The collector that watches the demo's database: the one whose claim is the newest, by the logs of those that run. */
export async function watcherOf({ project }) {
  const collectors = (await project.containers()).filter(
    ({ service, isRunning }) => service === 'database-collector' && isRunning,
  );
  const claims = await Promise.all(
    collectors.map(async (collector) => ({
      collector,
      incarnation: newestClaim(await project.docker(['logs', collector.id], { withErrors: true })),
    })),
  );
  const newest = claims.toSorted((a, b) => b.incarnation - a.incarnation)[0];
  demand(newest && newest.incarnation >= 0, 'no collector says that it watches demo-shop');
  return newest.collector;
}

/** Of demo-shop; −1: none. The log is a JSON object a line, after a first line for people. */
function newestClaim(log) {
  const claims = log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('The target is watched.'))
    .map((line) => JSON.parse(line))
    .filter(({ target }) => target === 'demo-shop')
    .map(({ incarnation }) => incarnation);
  return Math.max(-1, ...claims);
}
