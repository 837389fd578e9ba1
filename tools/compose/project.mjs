// docker-compose.yml as a compose project of a name and ports of its own, so that nothing else that runs here is touched.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.mjs';
import { withFreePorts } from './published-ports.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ofProject = 'com.docker.compose.project';

/** `files` are further compose files, laid over the one of the repository. */
export function openProject({ compose, files, signal }) {
  const name = `omninode-test-${randomBytes(3).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const ownFile = join(folder, 'docker-compose.yml');
  writeFileSync(ownFile, withFreePorts(readFileSync(join(root, 'docker-compose.yml'), 'utf8')));
  const chosen = [ownFile, ...files.map((file) => resolve(file))].flatMap((file) => ['--file', file]);
  const begin = [...compose, '--ansi', 'never', '--project-name', name, '--project-directory', root, ...chosen];

  return {
    name,
    root,
    docker: (args, options) => runProgram(['docker', ...args], { signal, ...options }),
    compose: (args, options) =>
      runProgram([...begin, '--profile', 'demo', '--profile', 'prometheus', ...args], {
        signal,
        cwd: root,
        ...options,
      }),
    containers: (options) => containersOf(name, { signal, ...options }),
    /** `down -v`, and what is still there afterwards, as texts. It is not ended by the signal that ends all else. */
    async remove() {
      const own = { signal: undefined, deadlineMs: 120_000 };
      const containers = await this.containers(own);
      const volumes = containers.flatMap(({ mounts }) =>
        mounts.flatMap(({ Type, Name }) => (Type === 'volume' ? [Name] : [])),
      );
      await this.compose(['down', '--volumes', '--remove-orphans'], own);
      return remains(name, volumes);
    },
  };
}

/** The containers of the project, also those that ended. */
async function containersOf(name, options) {
  const listed = await runProgram(
    ['docker', 'ps', '--all', '--quiet', '--filter', `label=${ofProject}=${name}`],
    options,
  );
  const ids = listed.split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const inspected = JSON.parse(await runProgram(['docker', 'inspect', ...ids], options));
  return inspected.map((container) => ({
    id: container.Id,
    name: container.Name.slice(1),
    service: container.Config.Labels['com.docker.compose.service'],
    isOurs: container.Config.Labels['org.opencontainers.image.title'] === 'OmniNode Mesh',
    isRunning: container.State.Status === 'running',
    /** `running`, `exited` …, and of a running one with a health check `healthy`, `unhealthy` or `starting`. */
    state: container.State.Health && container.State.Running ? container.State.Health.Status : container.State.Status,
    pid: container.State.Pid,
    restarts: container.RestartCount,
    readOnly: container.HostConfig.ReadonlyRootfs,
    mounts: container.Mounts,
    published: Object.values(container.NetworkSettings.Ports ?? {}).flatMap((bindings) => bindings ?? []),
    inspected: container,
  }));
}

/** Volumes without a name bear no label of the project: they are looked for by what its containers had. */
async function remains(name, volumes) {
  const ids = async (kind) =>
    (await runProgram(['docker', kind, 'ls', '--quiet', '--filter', `label=${ofProject}=${name}`]))
      .split('\n')
      .filter(Boolean);
  const all = new Set((await runProgram(['docker', 'volume', 'ls', '--quiet'])).split('\n'));
  const left = {
    container: (await containersOf(name)).map((container) => container.name),
    volume: [...new Set([...(await ids('volume')), ...volumes.filter((volume) => all.has(volume))])],
    network: await ids('network'),
  };
  return Object.entries(left).flatMap(([kind, names]) => names.map((each) => `${kind} ${each}`));
}
