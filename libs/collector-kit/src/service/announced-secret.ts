import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@omninode/contracts';
import { errors } from '../errors.js';

/** Which secret an announced target names, and where it would be sent. */
export interface WantedSecret {
  readonly kind: string;
  readonly secret: string;
  /** `host` or `host:port` of each place that would see it. */
  readonly hosts: readonly string[];
}

/**
 * The secret that an announced target names, out of the collector's folder of secrets. The contract's form of a secret's name
 * leaves no way out of the folder. Who may write to the target topic chooses the address, so a secret goes only to the hosts that
 * the file `<secret>.hosts` beside it names. Throws SECRETS_NOT_CONFIGURED, SECRET_NOT_FOR_HOST, SECRET_UNREADABLE.
 */
export async function readAnnouncedSecret(
  { kind, secret, hosts }: WantedSecret,
  folder: string | undefined,
): Promise<string> {
  if (folder === undefined) throw errors.SECRETS_NOT_CONFIGURED({ secret, kind });
  const file = join(folder, `${secret}.hosts`);
  const allowed = await readHosts(file);
  const stranger = hosts.map((host) => host.toLowerCase()).find((host) => !isAmong(allowed, host));
  if (stranger !== undefined) throw errors.SECRET_NOT_FOR_HOST({ secret, host: stranger, file });
  try {
    return (await readFile(join(folder, secret), 'utf8')).trimEnd();
  } catch (error) {
    throw errors.SECRET_UNREADABLE({ secret, folder, code: errorCode(error) }, error);
  }
}

/** No file: for no host. */
async function readHosts(file: string): Promise<ReadonlySet<string>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return new Set(text.toLowerCase().split(/\s+/).filter(Boolean));
}

/** With its port, or with any. */
function isAmong(allowed: ReadonlySet<string>, host: string): boolean {
  return allowed.has(host) || allowed.has(host.replace(/:\d+$/, ''));
}
