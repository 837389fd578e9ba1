import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes, topicNames, type Bus } from '@omninode/contracts';
import { kafkaClient } from '@omninode/kafka-link';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { openKafkaBus } from '@omninode/transport-kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, startCli } from '../testing/run-cli.js';
import { dictionary, open, rows } from '../testing/sent-records.js';

const topics = topicNames();

describe.skipIf(unavailable('kafka'))('tail', () => {
  let kafka: KafkaCluster;
  let bus: Bus;
  let env: { OMNINODE_BUS_BROKERS: string };
  beforeAll(async () => {
    kafka = await startKafka();
    env = { OMNINODE_BUS_BROKERS: kafka.brokers.join(',') };
  });
  afterAll(async () => {
    await bus?.close();
    await kafka?.stop();
  });

  test('a topic that is not there is told', async () => {
    const { code, stderr } = await runCli(['tail'], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Kafka has no topic ${topics.measurement}`) as string]);
    bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'test' }, topics, partitions: 3 });
    await bus.prepareTopics();
  });

  test('from now on it shows what comes, with the names that were told before', async () => {
    await send('shop', dictionary, contentTypes.columns);
    await send('shop', { k: 'data', d: 5, i: [0], x: [1] }, contentTypes.columns);
    const tail = startCli(['tail', '--json'], env);
    const sending = keepSending(tail.ended, () =>
      send('shop', { k: 'data', d: 5, i: [0, 4], x: [3, 8] }, contentTypes.columns),
    );
    await tail.seen(/\n/);
    const [first] = tail.stdout().split('\n');
    expect(JSON.parse(first!)).toMatchObject({
      entity: 'shop',
      producer: 'shop/1',
      incarnation: 7,
      encoding: 'columns',
      points: [
        { name: 'omninode_shop_open_orders', kind: 'gauge', labels: { city: 'Bern' }, value: 3 },
        { name: 'omninode_shop_open_orders', labels: { city: 'Zug' }, value: 8 },
      ],
    });
    tail.process.kill('SIGINT');
    expect(await tail.ended).toMatchObject({ code: 130, stderr: '' });
    await sending;
  });

  test('from the beginning it shows all that is there, also what the mesh refuses', async () => {
    await send('bern', '{"v":1', contentTypes.rows);
    await send('bern', { ...rows([open(1, { city: 'Bern' })]), entity: 'bern' }, contentTypes.rows);
    const { code, stdout } = await runCli(['tail', '--from', 'beginning', '--entity', 'bern', '--count', '2'], env);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^\S+Z bern {2}refused: invalid_json, "the value is not JSON" \(partition \d, offset \d+\)$/,
      ),
      expect.stringMatching(/^\S+Z bern {2}omninode_shop_open_orders\{city="Bern"\} 1 {2}\(shop\/1\)$/),
      '',
    ]);
  });

  test('only a metric, of all entities', async () => {
    const args = [
      'tail',
      '--from',
      'beginning',
      '--metric',
      'omninode_shop_open_*',
      '--count',
      '2',
      '--brokers',
      env.OMNINODE_BUS_BROKERS,
    ];
    const { stdout } = await runCli(args);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toContain('omninode_shop_open_orders{');
  });

  test('a reader that has enough ends it without a word', async () => {
    const program = fileURLToPath(new URL('../../bin/omninode.mjs', import.meta.url));
    // Until the pipe is gone it writes: each record is another try.
    const command = `"${process.execPath}" "${program}" tail --json | head -n 1; echo "code \${PIPESTATUS[0]}"`;
    const shell = spawn('bash', ['-c', command], {
      env: { ...env, PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
    const ended = once(shell, 'close');
    await keepSending(ended, () => send('zug', { ...rows([open(1)]), entity: 'zug' }, contentTypes.rows));
    const [line, code, ...rest] = said.split('\n');
    expect(JSON.parse(line!)).toMatchObject({ entity: 'zug' });
    expect([code, rest]).toEqual(['code 0', ['']]);
  });

  test('it leaves no group behind on the brokers', async () => {
    const admin = kafkaClient({ brokers: kafka.brokers, clientId: 'test' }).admin();
    await admin.connect();
    const { groups } = await admin.listGroups();
    await admin.disconnect();
    expect(groups).toEqual([]);
  });

  test(
    'a broker that is away for a while costs a line on stderr; Ctrl-C is heard meanwhile',
    { timeout: 90_000 },
    async () => {
      const away = (value: number) => send('away', { ...rows([open(value)]), entity: 'away' }, contentTypes.rows);
      const [tail, impatient] = [
        startCli(['tail', '--entity', 'away'], env),
        startCli(['tail', '--entity', 'away'], env),
      ];
      await keepSending(Promise.all([tail.seen(/ 1 /), impatient.seen(/ 1 /)]), () => away(1));
      await kafka.kill(1);
      while (tail.stderr() === '' || impatient.stderr() === '') await sleep(50);
      expect(tail.stderr()).toMatch(/^omninode: No broker of 127\.0\.0\.1:\d+ answers (within 5 s\.|\(.*\)\.) .*\n$/);
      const interruptedMs = performance.now();
      impatient.process.kill('SIGINT');
      expect((await impatient.ended).code).toBe(130);
      expect(performance.now() - interruptedMs).toBeLessThan(3_000);
      await kafka.restart(1);
      await keepSending(tail.seen(/ 2 /), () => away(2));
      expect(tail.stderr().split('\n')).toHaveLength(2);
      tail.process.kill('SIGTERM');
      expect((await tail.ended).code).toBe(143);
    },
  );

  async function send(key: string, body: string | object, contentType: string): Promise<void> {
    const head = contentType === contentTypes.columns ? { v: 1, p: 'shop/1', e: key, n: 7, q: 1, t: Date.now() } : {};
    const value = typeof body === 'string' ? body : JSON.stringify({ ...head, ...body });
    await bus.publish([
      { topic: topics.measurement, key, value: Buffer.from(value), headers: { 'content-type': contentType } },
    ]);
  }

  /** Whoever follows from now on may begin a moment after what was sent once. */
  async function keepSending(until: Promise<unknown>, attempt: () => Promise<void>): Promise<void> {
    let isOver = false;
    const end = () => void (isOver = true);
    until.then(end, end);
    while (!isOver) {
      await attempt();
      await Promise.race([until, sleep(200)]);
    }
  }
});

test('without a broker it says so in time', async () => {
  const { code, stderr } = await runCli(['tail', '--brokers', '127.0.0.1:1']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^omninode: No broker of 127\.0\.0\.1:1 answers/) as string,
  ]);
});

test('Ctrl-C ends it also while it looks for a broker', async () => {
  const tail = startCli(['tail', '--brokers', '127.0.0.1:1']);
  await sleep(2_000);
  tail.process.kill('SIGINT');
  expect(await tail.ended).toEqual({ code: 130, stdout: '', stderr: '' });
});
