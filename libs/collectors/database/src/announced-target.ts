import { readAnnouncedSecret } from '@omninode/collector-kit';
import type { TargetRecord } from '@omninode/contracts';
import { Secret } from '@omninode/service-kit';
import type { DatabaseTarget } from './database-target.js';
import { errors } from './errors.js';

/** The target of an announcement, with its password out of the folder of secrets. */
export async function readAnnouncedTarget(
  { id, address, labels = {}, secrets = {} }: TargetRecord,
  secretsFolder: string | undefined,
): Promise<DatabaseTarget> {
  if (!/^postgres(ql)?:\/\//.test(address) || !URL.canParse(address)) throw errors.TARGET_URL_INVALID({ target: id });
  const url = new URL(address);
  const { password } = secrets;
  if (password) url.password = encodeURIComponent(await readAnnouncedSecret('database', password, secretsFolder));
  return { id, url: new Secret(url.href), labels };
}
