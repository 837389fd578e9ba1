import { readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { toBreakerTarget } from './breaker-target.js';
import type { BreakerTarget } from './breaker-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its password and token out of the folder of secrets. */
export async function readAnnouncedTarget(
  { id, address, labels = {}, secrets = {} }: TargetRecord,
  secretsFolder: string | undefined,
): Promise<BreakerTarget> {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password, token } = secrets;
  if (password) url.password = encodeURIComponent(await readAnnouncedSecret('breaker', password, secretsFolder));
  const target = { id, url: new Secret(url.href), labels };
  if (!token) return toBreakerTarget(target);
  return toBreakerTarget(target, { token: new Secret(await readAnnouncedSecret('breaker', token, secretsFolder)) });
}
