// How the containers are closed: what runs inside, what is reachable from outside, what may be read by whoever asks the engine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demand } from './until.mjs';

/** Runs in a container of ours: who it is, what it may do, and what happens to a file that it writes beside its program. */
const lookAround = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const status = readFileSync('/proc/1/status', 'utf8');
  const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
  let written = 'written';
  try { writeFileSync('/app/omninode-test', ''); } catch (error) { written = error.code; }
  console.log(JSON.stringify({ user: field('Uid'), rights: field('CapEff'), noNewRights: field('NoNewPrivs'), written }));`;

/** Throws unless no container runs as root, and ours have no rights and a root filesystem that can't be written to. */
export async function demandNoRights({ project }) {
  const containers = await project.containers();
  const ours = containers.filter(({ isOurs }) => isOurs);
  demand(ours.length > 0, 'no container of ours is there');
  for (const { name, pid, id } of containers) {
    const lines = (await project.docker(['top', id, '-eo', 'pid,uid']))
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const user = lines.find(([each]) => each === String(pid))?.[1];
    demand(Number(user) > 0, `${name} runs as user ${user}`);
  }
  for (const { id, name, readOnly } of ours) {
    const seen = JSON.parse(await project.docker(['exec', id, 'node', '-e', lookAround]));
    const isClosed = seen.rights.match(/^0+$/) && seen.noNewRights === '1' && seen.written === 'EROFS';
    demand(readOnly && isClosed, `${name} is not closed: ${JSON.stringify({ readOnly, ...seen })}`);
  }
  return `${containers.length} containers, ${ours.length} of them ours`;
}

/** Throws unless ports are published, and only for this machine. */
export async function demandLoopback({ project }) {
  const bindings = (await project.containers()).flatMap(({ name, published }) =>
    published.map((port) => ({ name, ...port })),
  );
  demand(bindings.length > 0, 'no container publishes a port');
  const open = bindings.filter(({ HostIp }) => HostIp !== '127.0.0.1');
  demand(
    open.length === 0,
    `open to others than this machine: ${open.map(({ name, HostIp }) => `${name} on ${HostIp}`).join(', ')}`,
  );
  return `${bindings.length} ports`;
}

/** Throws when a secret, or the password in one, is seen in what the engine says of a container or in what that has logged. */
export async function demandNoSecretShown({ project }) {
  const folder = join(project.root, 'deploy/secrets');
  const secrets = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8').trim() }));
  const hidden = secrets.flatMap(({ file, text }) =>
    [text, passwordIn(text)].filter(Boolean).map((part) => ({ file, part })),
  );
  const containers = await project.containers();
  for (const { id, name, inspected } of containers) {
    const logs = await project.docker(['logs', id], { withErrors: true });
    for (const [where, page] of [
      ['what docker inspect says', JSON.stringify(inspected)],
      ['the log', logs],
    ]) {
      const shown = hidden.find(({ part }) => page.includes(part));
      demand(!shown, `the secret of ${shown?.file} stands in ${where} of ${name}`);
    }
  }
  return `${secrets.length} secrets, ${containers.length} containers`;
}

function passwordIn(text) {
  return URL.canParse(text) ? decodeURIComponent(new URL(text).password) : '';
}
