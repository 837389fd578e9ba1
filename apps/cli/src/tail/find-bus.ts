import { CodedError } from '@omninode/contracts';
import type { KafkaConnection } from '@omninode/kafka-link';
import { loadConfiguration } from '@omninode/service-kit';
import { connectionOf, kafkaBusConfig } from '@omninode/transport-kafka';
import { errors } from '../errors.js';

/** The Kafka that carries the mesh, by flags, environment (`OMNINODE_BUS_…`) and file, as its processes read them. */
export function findBus(given: { readonly brokers?: string; readonly config?: string }): KafkaConnection {
  const argv = [
    ...(given.config === undefined ? [] : ['--config', given.config]),
    ...(given.brokers === undefined ? [] : [`--bus.brokers=${given.brokers}`]),
  ];
  try {
    const { bus } = loadConfiguration({ argv, sections: { bus: kafkaBusConfig } }).values;
    return connectionOf(bus, 'omninode-tail');
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONFIGURATION_INVALID') throw error;
    const problems = String(error.fields.problems);
    if (problems.startsWith('bus.brokers: nothing sets it')) throw errors.BROKERS_MISSING();
    throw errors.CONFIGURATION_INVALID({ problems: problems.replaceAll('--bus.brokers', '--brokers') });
  }
}
