import { join } from 'node:path';
import { collectorErrors, readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { defaultCacheName } from './cache-target.js';
import type { CacheTarget, TlsFiles } from './cache-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its `password`, `token`, `ca`, `cert` and `key` out of the folder of secrets. */
export async function readAnnouncedTarget(
  { id, address, labels = {}, secrets = {} }: TargetRecord,
  secretsFolder: string | undefined,
): Promise<CacheTarget> {
  if (!/^(rediss?|https?):\/\/[^/?#]/i.test(address) || !URL.canParse(address))
    throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password, token } = secrets;
  if (password) url.password = encodeURIComponent(await readAnnouncedSecret('cache', password, secretsFolder));
  return {
    id,
    url: new Secret(url.href),
    labels,
    cache: defaultCacheName,
    ...(token && { token: new Secret(await readAnnouncedSecret('cache', token, secretsFolder)) }),
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
