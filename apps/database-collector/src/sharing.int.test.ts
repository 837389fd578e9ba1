import { startPostgres } from '@omninode/local-services';
import { sharedIds, sharesTargets } from '@omninode/testing';

sharesTargets({
  app: 'database-collector',
  async start() {
    const postgres = await startPostgres();
    const targets = sharedIds.map((id) => ({ id, kind: 'database', url: postgres.url('omninode') }));
    return { targets, stop: () => postgres.stop() };
  },
  settings: { fastInterval: '1s', mediumInterval: '5s' },
  // What it adds up from pg_stat_statements begins anew with each owner, and says so.
  counters: /^omninode_database_(?!quer)[a-z_]*_total$/,
});
