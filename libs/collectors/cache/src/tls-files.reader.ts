import { readFile } from 'node:fs/promises';
import { errorCode } from '@omninode/contracts';
import { placeOf } from './cache-target.js';
import type { CacheTarget } from './cache-target.js';
import { errors } from './errors.js';

export interface TlsParts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Read with every connect, so that a renewed certificate is taken up. Throws TLS_FILE_UNREADABLE. */
export async function readTlsFiles(target: CacheTarget): Promise<TlsParts> {
  const { caFile, certFile, keyFile } = target.tls;
  const read = async (file: string | undefined) => {
    if (file === undefined) return undefined;
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw errors.TLS_FILE_UNREADABLE({ file, place: placeOf(target).place, code: errorCode(error) }, error);
    });
  };
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
