import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@omninode/contracts';
import { errors } from '../errors.js';

/**
 * The secret that an announced target names, out of the collector's folder of secrets. The contract's form of a secret's name
 * leaves no way out of the folder. Throws SECRETS_NOT_CONFIGURED, SECRET_UNREADABLE.
 */
export async function readAnnouncedSecret(kind: string, secret: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) throw errors.SECRETS_NOT_CONFIGURED({ secret, kind });
  try {
    return (await readFile(join(folder, secret), 'utf8')).trimEnd();
  } catch (error) {
    throw errors.SECRET_UNREADABLE({ secret, folder, code: errorCode(error) }, error);
  }
}
