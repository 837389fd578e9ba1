import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStep } from '../process/unprivileged.js';
import type { Settings } from './settings.js';

/** SASL_SSL with SCRAM-SHA-512. `admin` may do everything; `omninode` may log in, and what ACLs allow it. */
export interface KafkaSecurity {
  /** The certificate authority that clients have to trust. */
  readonly caFile: string;
  readonly passwords: { readonly admin: string; readonly omninode: string };
  readonly settings: Settings;
  /** For `kafka.tools.StorageTool format`: the users exist from the first start on. */
  readonly formatArguments: readonly string[];
}

/** Makes certificates and passwords on first use, and finds them again later. */
export async function ensureSecurity(folder: string): Promise<KafkaSecurity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [caFile, keyStore, passwordFile] = ['ca.crt', 'keystore.pem', 'passwords.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  if (!existsSync(keyStore)) await makeCertificates(folder, keyStore);
  if (!existsSync(passwordFile)) {
    const passwords = { admin: randomBytes(12).toString('hex'), omninode: randomBytes(12).toString('hex') };
    await writeFile(passwordFile, JSON.stringify(passwords), { mode: 0o600 });
  }
  const passwords = JSON.parse(await readFile(passwordFile, 'utf8')) as KafkaSecurity['passwords'];
  const formatArguments = Object.entries(passwords).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  return { caFile, passwords, settings: securitySettings(caFile, keyStore, passwords.admin), formatArguments };
}

function securitySettings(caFile: string, keyStore: string, adminPassword: string): Settings {
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="${adminPassword}";`;
  return {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': login,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': caFile,
    'ssl.client.auth': 'none',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // ANONYMOUS is who speaks on the controllers' own listener, which has no login.
    'super.users': 'User:admin;User:ANONYMOUS',
    'allow.everyone.if.no.acl.found': 'false',
  };
}

/** An authority of this folder alone and a certificate for localhost and 127.0.0.1 by it. */
async function makeCertificates(folder: string, keyStore: string): Promise<void> {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    runStep({ prefix: [] }, { step: `openssl ${args[0] as string}`, folder, command: 'openssl', args });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ];
  const ca = ['-keyout', file('ca.key'), '-out', file('ca.crt'), '-days', '3650', '-subj', '/CN=omninode local'];
  await openssl('req', '-x509', ...newKey, ...ca, ...authority);
  await openssl('req', ...newKey, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost');
  await writeFile(
    file('extensions'),
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n',
  );
  const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('extensions')];
  await openssl('x509', '-req', '-in', file('server.csr'), '-days', '825', '-out', file('server.crt'), ...signer);
  const parts = await Promise.all(['server.key', 'server.crt', 'ca.crt'].map((name) => readFile(file(name), 'utf8')));
  await writeFile(keyStore, parts.join(''), { mode: 0o600 });
  await Promise.all(['ca.key', 'server.key'].map((name) => chmod(file(name), 0o600)));
}
