// What runs containers on this machine.
import { runProgram } from './program.mjs';

const composeCommands = [['docker', 'compose'], ['docker-compose']];
const advice = 'Install one (https://docs.docker.com/engine/install), or name one by DOCKER_HOST, and try again.';

/** `{ version, compose }`, where compose is the command with which each call begins; or `{ missing }`: why not, and what to do. */
export async function findEngine(signal) {
  const probe = (command) => runProgram(command, { signal, deadlineMs: 15_000 });
  let version;
  try {
    version = (await probe(['docker', 'version', '--format', '{{.Server.Version}}'])).trim();
  } catch (error) {
    signal?.throwIfAborted();
    return { missing: `No Docker engine answers (${error.message.split('\n')[0]}). ${advice}` };
  }
  for (const compose of composeCommands) {
    try {
      const composeVersion = (await probe([...compose, 'version', '--short'])).trim();
      return { compose, version: `Docker ${version}, compose ${composeVersion}` };
    } catch {
      signal?.throwIfAborted();
    }
  }
  const missing =
    'The Docker engine answers, but neither "docker compose" nor "docker-compose" works. ' +
    'Install the compose plugin (https://docs.docker.com/compose/install) and try again.';
  return { missing };
}
