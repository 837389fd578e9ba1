import { serviceNames } from './service.js';
import { services } from './services.js';

/** How the command is used, what can be started on this machine, and what can't and why. */
export function help(): string {
  const here = serviceNames.map((name) => ({ name, missing: services[name].missing() }));
  const available = here.filter(({ missing }) => !missing).map(({ name }) => line(name, services[name].summary));
  const absent = here.flatMap(({ name, missing }) =>
    missing ? line(name, `${missing.reason}. ${missing.remedy}`) : [],
  );
  return `${usage}
Available here:
${available.join('')}${absent.length > 0 ? `\nNot available here:\n${absent.join('')}` : ''}`;
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(18)}  ${text}\n`;
}

const usage = `Starts real servers on 127.0.0.1, without Docker, for development and tests.

  npm run services -- up <services>        start them; they run on after the command
  npm run services -- status [services]    ask each in its own protocol
  npm run services -- down [services]      end what "up" started, nothing else; the data stays

  --data <folder>             where data, logs and notes are kept (default .data/services)
  --maven-repository <url>    a mirror of Maven Central, for Kafka and Redis
  -h, --help

Exit code: 0 done, 1 something failed or does not answer, 2 called wrongly.
`;
