/** What opossum tells of, as opossum-prometheus counts it. */
const counted = ['fire', 'success', 'failure', 'timeout', 'reject', 'semaphoreLocked', 'open', 'halfOpen', 'close'];

interface Emitter {
  on(event: string, listener: () => void): unknown;
}

/** Counts the events of breakers, as opossum-prometheus does: https://github.com/nodeshift/opossum-prometheus/blob/main/index.js */
export class EventCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  count(name: string, breaker: Emitter): void {
    const counts = new Map<string, number>();
    this.#counts.set(name, counts);
    for (const event of counted) breaker.on(event, () => counts.set(event, (counts.get(event) ?? 0) + 1));
  }

  /** In Prometheus' text format. A series appears with the first event of its kind, as there. */
  text(): string {
    const lines = [...this.#counts].flatMap(([name, counts]) =>
      [...counts].map(([event, count]) => `circuit{name="${name}",event="${event}"} ${count}`),
    );
    return ["# HELP circuit A count of all circuit' events", '# TYPE circuit counter', ...lines, ''].join('\n');
  }
}
