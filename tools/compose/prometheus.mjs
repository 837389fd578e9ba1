// What the Prometheus in the containers knows.
import { demand } from './until.mjs';

/** The data of an answer of its API, `targets`, `rules`, …: asked inside of its container, as its health check does. */
export async function askPrometheus({ project }, page) {
  const container = (await project.containers()).find(
    ({ service, isRunning }) => service === 'prometheus' && isRunning,
  );
  demand(container, 'no Prometheus runs');
  const address = `http://127.0.0.1:9090/api/v1/${page}`;
  return JSON.parse(await project.docker(['exec', container.id, 'wget', '-q', '-O', '-', address])).data;
}
