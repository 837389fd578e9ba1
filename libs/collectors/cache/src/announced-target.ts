import { join } from 'node:path';
import { collectorErrors, readAnnouncedOptions, readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { cacheTargetOptions } from './cache-target.js';
import type { CacheTarget, TlsFiles } from './cache-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its `password`, `token`, `ca`, `cert` and `key` out of the folder of secrets. */
export async function readAnnouncedTarget(
  announcement: TargetRecord,
  secretsFolder: string | undefined,
): Promise<CacheTarget> {
  const { id, address, labels = {}, secrets = {} } = announcement;
  if (!/^(rediss?|https?):\/\/[^/?#]/i.test(address) || !URL.canParse(address))
    throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password, token } = secrets;
  const secretOf = (secret: string) => readAnnouncedSecret({ kind: 'cache', secret, hosts: [url.host] }, secretsFolder);
  if (password) url.password = encodeURIComponent(await secretOf(password));
  return {
    id,
    url: new Secret(url.href),
    labels,
    ...readAnnouncedOptions(cacheTargetOptions.pick({ cache: true }), announcement),
    ...(token && { token: new Secret(await secretOf(token)) }),
    tls: tlsFiles(secrets, secretsFolder),
  };
}

/** Read with each connect, like those of configured targets. */
function tlsFiles({ ca, cert, key }: NonNullable<TargetRecord['secrets']>, folder: string | undefined): TlsFiles {
  const fileOf = (secret: string) => {
    if (folder === undefined) throw collectorErrors.SECRETS_NOT_CONFIGURED({ secret, kind: 'cache' });
    return join(folder, secret);
  };
  return {
    ...(ca && { caFile: fileOf(ca) }),
    ...(cert && { certFile: fileOf(cert) }),
    ...(key && { keyFile: fileOf(key) }),
  };
}
