/** The areas that have a page of their own, and which metrics stand on each, by the beginning of their names. */
const areas: Readonly<Record<string, readonly string[]>> = {
  database: ['omninode_database_', 'omninode_active_connections', 'omninode_max_connections'],
  kafka: ['omninode_kafka_', 'omninode_dead_letter_'],
  cache: ['omninode_cache_', 'omninode_memory_usage_bytes'],
  breakers: ['omninode_circuit_breaker_'],
  requests: [
    'omninode_request_',
    'omninode_requests_',
    'omninode_errors_total',
    'omninode_timeout_failures_total',
    'omninode_retry_attempts_total',
  ],
  tuner: ['omninode_tuner_'],
};

/** Other names of areas: the cache is a Redis to some. */
const aliases: Readonly<Record<string, string>> = { redis: 'cache' };

/** Which metrics stand on an area's page; `undefined` when there is no such area. */
export function areaFilter(area: string): ((name: string) => boolean) | undefined {
  const name = Object.hasOwn(aliases, area) ? aliases[area]! : area;
  const prefixes = Object.hasOwn(areas, name) ? areas[name] : undefined;
  return prefixes && ((metric) => prefixes.some((prefix) => metric.startsWith(prefix)));
}

export function areaNames(): readonly string[] {
  return Object.keys(areas);
}
