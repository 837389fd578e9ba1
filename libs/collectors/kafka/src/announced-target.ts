import { readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { brokersOf, Secret } from '@omninode/service-kit';
import { errors } from './errors.js';
import { toKafkaTarget } from './kafka-target.js';
import type { KafkaTarget } from './kafka-target.js';

/** The target of an announcement, with its password out of the folder of secrets. */
export async function readAnnouncedTarget(
  { id, address, labels = {}, secrets = {} }: TargetRecord,
  secretsFolder: string | undefined,
): Promise<KafkaTarget> {
  const hasScheme = address.includes('://');
  if ((hasScheme && !/^kafka(\+ssl)?:\/\//i.test(address)) || brokersOf(address).length === 0)
    throw errors.TARGET_URL_INVALID({ target: id });
  const password = secrets['password'] && (await readAnnouncedSecret('kafka', secrets['password'], secretsFolder));
  return toKafkaTarget({
    id,
    url: new Secret(address),
    labels,
    tls: {},
    login: { password: password === undefined ? undefined : new Secret(password) },
  });
}
