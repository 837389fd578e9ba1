import { readAnnouncedOptions, readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import { breakerTargetOptions, toBreakerTarget } from './breaker-target.js';
import type { BreakerTarget } from './breaker-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its password and token out of the folder of secrets. */
export async function readAnnouncedTarget(
  announcement: TargetRecord,
  secretsFolder: string | undefined,
): Promise<BreakerTarget> {
  const { id, address, labels = {}, secrets = {} } = announcement;
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password, token } = secrets;
  const secretOf = (secret: string) =>
    readAnnouncedSecret({ kind: 'breaker', secret, hosts: [url.host] }, secretsFolder);
  if (password) url.password = encodeURIComponent(await secretOf(password));
  const target = { id, url: new Secret(url.href), labels };
  const options = readAnnouncedOptions(breakerTargetOptions.omit({ token: true }), announcement);
  return toBreakerTarget(target, { ...options, ...(token && { token: new Secret(await secretOf(token)) }) });
}
