import { counter, defineMetrics } from '@omninode/contracts';

/** How the client itself fares inside of its host. */
export const clientMetrics = defineMetrics({
  omninode_mesh_client_other_labels_total: counter(
    'events',
    'Values told as `other`, because there were too many different ones: operations, error types, topics.',
    ['label'],
  ),
  omninode_mesh_client_problems_total: counter(
    'errors',
    'Failures of the client itself, which never reach the code that it watches, by their code.',
    ['code'],
  ),
});
