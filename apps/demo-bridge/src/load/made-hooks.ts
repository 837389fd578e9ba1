import { oneOf } from '../chance.js';
import { resources } from '../queries.js';

const sources = ['github', 'consul', 'deploy-bot', 'registry', 'omni-cli'];
const actions = ['created', 'updated', 'updated', 'viewed', 'viewed', 'viewed', 'deployed', 'deleted'];

/** A hook as services of the platform send them; one of fifty is not valid. */
export function madeHook(chance: () => number): object {
  if (chance() < 0.02) return { metadata: { source: oneOf(sources, chance) }, payload: {} };
  return {
    metadata: { source: oneOf(sources, chance), version: '1.0.0', environment: 'demo' },
    payload: {
      action: oneOf(actions, chance),
      resource: 'repository',
      resource_id: madeResource(chance),
      data: { size: Math.floor(chance() * 1_000) },
    },
  };
}

/** Few resources are in most hooks, as everywhere: that is what makes a cache worth having. */
export function madeResource(chance: () => number): string {
  return `resource-${1 + Math.floor(chance() ** 5 * resources)}`;
}
