import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../errors.js';
import { findProgram } from '../process/find-program.js';
import { inFolder } from '../process/folder.js';
import { onPorts } from '../process/free-port.js';
import { startManaged } from '../process/managed-server.js';
import type { ManagedServer, StartOptions } from '../process/managed-server.js';
import type { Missing } from '../missing.js';

export interface WebServerOptions extends StartOptions {
  /** The configuration file's text. A relative path in it starts at the server's folder. */
  readonly configuration?: string;
  /** Absent: a temporary one that stop() removes. */
  readonly folder?: string;
  /** Default 0: a free one. */
  readonly port?: number;
}

export interface WebServer extends ManagedServer {
  readonly url: string;
  readonly configurationFile: string;
}

/** What Prometheus and Alertmanager have in common: a program, one YAML file, and `/-/ready`. */
export interface WebProgram {
  readonly server: string;
  readonly programs: readonly string[];
  readonly debianPackage: string;
  readonly configuration: string;
  readonly args: (place: { configurationFile: string; folder: string; address: string }) => readonly string[];
}

export async function startWebServer(program: WebProgram, options: WebServerOptions): Promise<WebServer> {
  const missing = missingWebServer(program);
  if (missing) throw errors.SERVER_NOT_AVAILABLE({ server: program.server, ...missing });

  return inFolder(options.folder, program.server.toLowerCase(), async ({ folder, temporaryFolder }) => {
    mkdirSync(folder, { recursive: true });
    const configurationFile = join(folder, 'configuration.yml');
    writeFileSync(configurationFile, options.configuration ?? program.configuration);
    const managed = await onPorts([options.port ?? 0], ([port = 0]) =>
      startManaged(
        {
          server: program.server,
          host: '127.0.0.1',
          port,
          command: findProgram(...program.programs) as string,
          args: program.args({ configurationFile, folder, address: `127.0.0.1:${port}` }),
          workFolder: folder,
          logFile: `${folder}.log`,
          stopSignal: 'SIGTERM',
          temporaryFolder,
          probe: (signal) => webServerAnswers(`http://127.0.0.1:${port}`, signal),
        },
        options,
      ),
    );
    return Object.assign(managed, { url: `http://127.0.0.1:${managed.port}`, configurationFile });
  });
}

/** Resolves when the server says that it is ready to serve. */
export async function webServerAnswers(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/-/ready`, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`/-/ready answers ${response.status}`);
}

export function missingWebServer({ programs, debianPackage }: WebProgram): Missing | undefined {
  if (findProgram(...programs)) return undefined;
  const remedy = `On Debian or Ubuntu: apt-get install --no-install-recommends ${debianPackage}.`;
  return { reason: `${programs.join(' or ')} is not installed`, remedy };
}
