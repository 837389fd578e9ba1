import { publisherReport, type Publisher } from '@omninode/publisher';

/** Whose publisher it is: the labels of its series. */
export interface ReportedService {
  /** `all-in-one`, `database-collector`. */
  readonly service: string;
  /** Tells the replicas of a service apart. */
  readonly instance: string;
}

const everyMs = 15_000;

/** Publishes how a process's own publisher fares (queue, spool, drops), as measurements like all others. */
export function startPublisherReport(publisher: Publisher, { service, instance }: ReportedService): { stop(): void } {
  const startedAtMs = Date.now();
  const writer = publisher.open({
    producer: `${service}/${instance}`,
    entity: service,
    incarnation: startedAtMs,
    labels: { service_name: service, service_instance: instance },
  });
  const write = publisherReport(startedAtMs);
  const report = () => {
    const nowMs = Date.now();
    write(writer, publisher.stats(), nowMs);
    writer.publish(nowMs);
  };
  report();
  const timer = setInterval(report, everyMs);
  return {
    stop() {
      clearInterval(timer);
      writer.close(Date.now());
    },
  };
}
