import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProcess, isSameProcess, sendSignal } from '../process/process-table.js';
import type { ServiceNote } from './note.js';
import { startRedis } from '../redis/redis.js';
import { simpleQuery } from '../postgres/simple-query.js';
import { reportMissing } from '../missing.js';
import { missingRedis } from '../redis/program.js';
import { runServices } from './run-services.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'omninode-test-'));
});
afterEach(async () => {
  await run('down');
  rmSync(data, { recursive: true });
});

/** The command in this process: what it starts is let go all the same. */
async function run(...words: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const terminal = {
    out: (text: string) => void (stdout += text),
    err: (text: string) => void (stderr += text),
    signal: new AbortController().signal,
  };
  const code = await runServices([...words, '--data', data], terminal);
  return { code, stdout, stderr };
}
/** The command as people run it. */
function runProgram(...words: readonly string[]) {
  const program = [join(import.meta.dirname, '..', 'process', 'run-source.mjs'), 'cli.ts', ...words, '--data', data];
  return spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
}
const noteOf = (name: string) => JSON.parse(readFileSync(join(data, `${name}.json`), 'utf8')) as ServiceNote;
const serverOf = (name: string) => (noteOf(name).servers[0] as ServiceNote['servers'][number]).process;
const query = (sql: string) => simpleQuery(noteOf('postgres').addresses[0] as ServiceNote['addresses'][number], sql);

test('what is up outlives the command, answers, is left alone by a second up, and goes down', async () => {
  const command = runProgram('up', 'postgres');
  const [stdout] = (await once(command.stdout, 'data')) as [Buffer];
  const [code] = (await once(command, 'exit')) as [number];
  expect({ code, stdout: String(stdout) }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^postgres +up \d.* postgres:\/\/postgres@127.0.0.1:\d+/) as string,
  });
  const server = serverOf('postgres');
  expect(isSameProcess(server)).toBe(true);
  expect(await query('select 7')).toEqual([['7']]);
  expect(await run('up', 'postgres')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('up before') as string,
  });
  expect(serverOf('postgres')).toEqual(server);
  expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^postgres +up /) as string });
  expect(await run('down')).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped') as string });
  expect(isSameProcess(server)).toBe(false);
  expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is up') as string });
  expect(await run('status', 'postgres')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('not up') as string,
  });
});

test('status asks the server, not its pid; up does not start what is stuck; down ends it', async () => {
  await run('up', 'postgres');
  const server = serverOf('postgres');
  sendSignal(server.pid, 'SIGSTOP');
  expect(await run('status')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/DOWN.*does not answer/) as string,
  });
  expect(await run('up', 'postgres')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SERVICE_STUCK') as string,
  });
  expect(await run('down', 'postgres')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('stopped') as string,
  });
  expect(isSameProcess(server)).toBe(false);
});

test('a server that was killed is seen as down, and comes up with its data', async () => {
  await run('up', 'postgres');
  await query('create table kept as select 42 as answer');
  sendSignal(serverOf('postgres').pid, 'SIGKILL');
  // The kernel takes a moment to end it.
  await expect
    .poll(() => run('status', 'postgres'), { timeout: 10_000 })
    .toMatchObject({ code: 1, stdout: expect.stringMatching(/DOWN.*has ended/) as string });
  expect((await run('up', 'postgres')).code).toBe(0);
  expect(await query('select answer from kept')).toEqual([['42']]);
});

test('a replica takes its primary with it, and down ends both', async () => {
  expect((await run('up', 'replica')).code).toBe(0);
  expect(await query('select application_name, state from pg_stat_replication')).toEqual([['replica', 'streaming']]);
  expect((await run('status')).stdout.split('\n').filter(Boolean)).toHaveLength(2);
  expect((await run('down')).stdout).toMatch(/^replica +stopped\npostgres +stopped\n$/);
});

test('down never ends a process that got the pid of a server later', async () => {
  await run('up', 'postgres');
  const note = noteOf('postgres');
  await run('down');
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(bystander, 'spawn');
  const pid = bystander.pid as number;
  for (const changed of [
    { ...note, servers: note.servers.map((server) => ({ ...server, process: { ...server.process, pid } })) },
    // The same pid and start time, but before the machine was started anew.
    { ...note, boot: 'another', servers: note.servers.map((server) => ({ ...server, process: findProcess(pid) })) },
  ]) {
    writeFileSync(join(data, 'postgres.json'), JSON.stringify(changed));
    expect(await run('down')).toMatchObject({ code: 0, stdout: expect.stringContaining('was gone already') as string });
    expect(findProcess(pid)).toBeDefined();
  }
  bystander.kill();
});

test.skipIf(reportMissing('Redis', missingRedis()))(
  'a stranger that answers on the port of a server that ended is not our service',
  async () => {
    await run('up', 'redis');
    const server = serverOf('redis');
    sendSignal(server.pid, 'SIGKILL');
    await expect.poll(() => isSameProcess(server)).toBe(false);
    const stranger = await startRedis({ port: noteOf('redis').addresses[0]?.port });
    expect(await run('status')).toMatchObject({ code: 1, stdout: expect.stringMatching(/DOWN.*has ended/) as string });
    await run('down');
    expect(stranger.isRunning).toBe(true);
    await stranger.stop();
  },
);

test('an interrupted up leaves no server behind', async () => {
  const command = runProgram('up', 'postgres');
  await expect.poll(() => readdirSync(data), { interval: 5, timeout: 8_000 }).toContain('postgres');
  command.kill('SIGTERM');
  const [code] = (await once(command, 'exit')) as [number];
  expect(code).toBe(1);
  expect(readdirSync(data)).toEqual(['postgres']);
  expect(readdirSync(join(data, 'postgres'))).not.toContain('postmaster.pid');
});

test('a wrong call says what is wrong, with exit code 2', async () => {
  expect(await run('up', 'postgress')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no service "postgress"') as string,
  });
  expect(await run('sideways')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no command "sideways"') as string,
  });
  expect(await run('up', '--fast')).toMatchObject({ code: 2, stderr: expect.stringContaining("'--fast'") as string });
  expect(await run('up', 'redis', '--maven-repository', 'here')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not a URL') as string,
  });
  expect(await run('up')).toMatchObject({ code: 2, stderr: expect.stringContaining('Available here:') as string });
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Available here:') as string });
});
