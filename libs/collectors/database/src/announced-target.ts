import { readAnnouncedOptions, readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { databaseTargetOptions } from './database-target.js';
import type { DatabaseTarget } from './database-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its password out of the folder of secrets. */
export async function readAnnouncedTarget(
  announcement: TargetRecord,
  secretsFolder: string | undefined,
): Promise<DatabaseTarget> {
  const { id, address, labels = {}, secrets = {} } = announcement;
  if (!/^postgres(ql)?:\/\//.test(address) || !URL.canParse(address)) throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password } = secrets;
  if (password) {
    // The driver takes a parameter `host` for the host.
    const hosts = [url.host, ...url.searchParams.getAll('host')];
    const wanted = { kind: 'database', secret: password, hosts };
    url.password = encodeURIComponent(await readAnnouncedSecret(wanted, secretsFolder));
  }
  return { id, url: new Secret(url.href), labels, ...readAnnouncedOptions(databaseTargetOptions, announcement) };
}
