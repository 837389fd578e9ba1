import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@omninode/contracts';
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
  if (secrets.password) url.password = encodeURIComponent(await readSecret(secrets.password, secretsFolder));
  return { id, url: new Secret(url.href), labels };
}

/** The contract's form of a secret's name leaves no way out of the folder. */
async function readSecret(secret: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) throw errors.SECRETS_NOT_CONFIGURED({ secret });
  try {
    return (await readFile(join(folder, secret), 'utf8')).trimEnd();
  } catch (error) {
    throw errors.SECRET_UNREADABLE({ secret, folder, code: errorCode(error) }, error);
  }
}
