// Records what real services tell of their breakers: testdata/<library>-<version>/<page>.json, and what the family makes of it
// beside it, in <page>.expected.json. Each is put through the same: calm, a short opening that is over before the next pass, open,
// recovered. Needs a build (`tsc -b libs/collectors/breaker`), for recording also Java 17, Maven and npm.
//   node record-replies.mjs                 records from all of recording/, then writes the expected files
//   node record-replies.mjs --expected      writes the expected files anew from the recordings; review the difference
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replay } from './dist/testing/replay.js';

const testdata = join(import.meta.dirname, 'testdata');
const work = mkdtempSync(join(tmpdir(), 'breaker-recording-'));

const services = [
  {
    folder: 'resilience4j',
    name: 'resilience4j-2.3.0',
    from: 'resilience4j 2.3.0 on Spring Boot 3.4.5',
    build: [['mvn', ['-q', '-B', 'package', '-DskipTests']]],
    run: ['java', ['-jar', 'target/resilience4j-1.jar']],
    port: /on port (\d+)/,
    call: (more) => ['POST', `/calls?breaker=payments&${more}`],
    pages: [
      { file: 'prometheus', format: 'prometheus', path: '/actuator/prometheus' },
      {
        file: 'actuator',
        format: 'resilience4j-actuator',
        path: '/actuator/circuitbreakers',
        events: '/actuator/circuitbreakerevents',
      },
    ],
  },
  {
    folder: 'smallrye',
    name: 'smallrye-6.9.1',
    from: 'SmallRye Fault Tolerance 6.9.1 by Micrometer 1.14.6',
    build: [
      ['mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib']],
      ['javac', ['-cp', 'lib/*', '-d', 'classes', 'src/main/java/Recording.java']],
    ],
    run: ['java', ['-cp', 'classes:lib/*', 'Recording']],
    port: /port (\d+)/,
    call: (more) => ['GET', `/calls?${more}`],
    pages: [{ file: 'prometheus', format: 'prometheus', path: '/metrics' }],
  },
  {
    folder: 'opossum',
    name: 'opossum-prometheus-0.3.0',
    from: 'opossum-prometheus 0.3.0, opossum 8.5.0, prom-client 12.0.0',
    build: [
      [
        'npm',
        [
          'install',
          '--no-audit',
          '--no-fund',
          '--silent',
          'opossum@8.5.0',
          'opossum-prometheus@0.3.0',
          'prom-client@12.0.0',
        ],
      ],
    ],
    run: ['node', ['recording.cjs']],
    port: /port (\d+)/,
    call: (more) => ['GET', `/calls?${more}`],
    pages: [{ file: 'prometheus', format: 'prometheus', path: '/metrics' }],
  },
];

if (!process.argv.includes('--expected')) {
  try {
    for (const service of services) await record(service);
  } finally {
    rmSync(work, { recursive: true });
  }
}
writeExpected();

async function record(service) {
  const cwd = join(work, service.folder);
  cpSync(join(import.meta.dirname, 'recording', service.folder), cwd, { recursive: true });
  for (const [command, args] of service.build) execFileSync(command, args, { cwd, stdio: 'inherit', timeout: 300_000 });
  const [command, args] = service.run;
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const base = `http://127.0.0.1:${await portOf(child, service.port)}`;
    const call = async (successes, failures) => {
      const [method, path] = service.call(`successes=${successes}&failures=${failures}&slow=${failures > 0 ? 1 : 0}`);
      await fetch(base + path, { method });
    };
    const passes = service.pages.map(() => []);
    const pass = async () => {
      for (const [at, page] of service.pages.entries()) passes[at].push(await read(base, page));
      await sleep(1_000);
    };
    await call(6, 0);
    await pass();
    await call(0, 12); // opens and rejects
    await sleep(250);
    await call(3, 0); // half-open, closed
    await call(10, 0);
    await pass();
    await call(0, 14);
    await pass();
    await call(3, 0);
    await call(10, 0);
    await pass();
    mkdirSync(join(testdata, service.name), { recursive: true });
    for (const [at, { file, format }] of service.pages.entries()) {
      write(join(testdata, service.name, `${file}.json`), { recordedFrom: service.from, format, passes: passes[at] });
    }
    console.log(`recorded ${service.from}`);
  } finally {
    child.kill();
  }
}

async function read(base, { path, events }) {
  const text = await (await fetch(base + path)).text();
  return { atMs: Date.now(), text, ...(events && { events: await (await fetch(base + events)).text() }) };
}

function portOf(child, pattern) {
  const { promise, resolve, reject } = Promise.withResolvers();
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
    const port = pattern.exec(said)?.[1];
    if (port) resolve(port);
  });
  child.on('exit', () => reject(new Error(`It ended before it listened: ${said}`)));
  return promise;
}

function writeExpected() {
  for (const file of globSync('*/*.json', { cwd: testdata }).filter((name) => !name.endsWith('.expected.json'))) {
    const recording = JSON.parse(readFileSync(join(testdata, file), 'utf8'));
    write(join(testdata, file.replace(/\.json$/, '.expected.json')), replay(recording));
  }
}

function write(path, content) {
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}
