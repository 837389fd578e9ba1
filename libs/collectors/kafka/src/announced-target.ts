import { readAnnouncedOptions, readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { brokersOf, Secret } from '@omninode/service-kit';
import { errors } from './errors.js';
import { kafkaTargetOptions, toKafkaTarget } from './kafka-target.js';
import type { KafkaTarget } from './kafka-target.js';

/** The target of an announcement, with its password out of the folder of secrets. */
export async function readAnnouncedTarget(
  announcement: TargetRecord,
  secretsFolder: string | undefined,
): Promise<KafkaTarget> {
  const { id, address, labels = {}, secrets = {} } = announcement;
  const hasScheme = address.includes('://');
  if ((hasScheme && !/^kafka(\+ssl)?:\/\//i.test(address)) || brokersOf(address).length === 0)
    throw errors.TARGET_URL_INVALID({ target: id });
  const { password: secret } = secrets;
  const hosts = brokersOf(address);
  const password = secret && (await readAnnouncedSecret({ kind: 'kafka', secret, hosts }, secretsFolder));
  const login = readAnnouncedOptions(kafkaTargetOptions.pick({ mechanism: true, username: true }), announcement);
  return toKafkaTarget({
    id,
    url: new Secret(address),
    labels,
    tls: {},
    login: { ...login, password: password === undefined ? undefined : new Secret(password) },
  });
}
