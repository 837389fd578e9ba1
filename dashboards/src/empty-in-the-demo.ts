/** Queries that have no data in the demo, by the metric that they ask for, and why. A test fails when one has data after all. */
export const emptyInTheDemo: readonly { readonly metric: string; readonly why: string }[] = [
  { metric: 'omninode_database_connection_pool_saturation_ratio', why: 'The demo has no PgBouncer.' },
  { metric: 'omninode_database_connection_pool_longest_wait_seconds', why: 'The demo has no PgBouncer.' },
  { metric: 'omninode_database_pooler_queries_total', why: 'The demo has no PgBouncer.' },
  { metric: 'omninode_database_replication_lag_bytes', why: 'The PostgreSQL of the demo has no replica.' },
  { metric: 'omninode_database_replay_delay_seconds', why: 'The PostgreSQL of the demo is no replica.' },
  { metric: 'omninode_database_wal_receiver_connected', why: 'The PostgreSQL of the demo is no replica.' },
  { metric: 'omninode_database_slot_retained_bytes', why: 'The PostgreSQL of the demo has no replication slot.' },
  { metric: 'omninode_cache_replication_lag_bytes', why: 'The Redis of the demo has no replica.' },
  { metric: 'omninode_cache_replication_link_up', why: 'The Redis of the demo is no replica.' },
  { metric: 'omninode_mesh_publisher_dropped_records_total', why: 'No record is lost in the demo.' },
  { metric: 'omninode_mesh_daily_reports_due', why: 'The demo writes no daily reports to files.' },
];
