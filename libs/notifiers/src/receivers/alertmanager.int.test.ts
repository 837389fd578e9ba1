import { setTimeout as sleep } from 'node:timers/promises';
import { startAlertmanager, unavailable } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { notificationOf, notifiedAlert } from '../testing/notifications.js';
import { closedUrl, recordingServer, type RecordingServer } from '../testing/recording-server.js';
import { alertmanagerReceiver } from './alertmanager.js';

const context = { name: 'am', timeoutMs: 3_000, externalUrl: 'https://mesh.example.com', nowMs: Date.now };
const never = new AbortController().signal;

test.skipIf(unavailable('alertmanager'))(
  'a real Alertmanager tells a real webhook that it fires, and that it is over',
  async () => {
    await using hook = await recordingServer();
    const server = await startAlertmanager({ configuration: routeTo(hook) });
    try {
      const receiver = receiverOf([server.url]);
      const startsAtMs = Date.now() - 5_000;
      await receiver.send(mirror(notifiedAlert(1, { startsAtMs })), never);
      await eventually(() => expect(statuses(hook)).toEqual(['firing']));
      const [alert] = (hook.requests[0]!.json as { alerts: Record<string, unknown>[] }).alerts;
      expect(alert).toMatchObject({
        labels: { alertname: 'PoolExhausted', severity: 'critical', target: 'db-1' },
        startsAt: new Date(startsAtMs).toISOString().replace(/\.?0*Z$/, 'Z'),
        generatorURL: 'https://mesh.example.com/api/v1/alerts/0000000000000001/explain',
      });
      // Sent again, it stays one alert; from another replica too, because nothing of ours is in it.
      await receiver.send(mirror(notifiedAlert(1, { startsAtMs })), never);
      await receiverOf([server.url]).send(mirror(notifiedAlert(1, { startsAtMs })), never);
      await receiver.send(mirror(notifiedAlert(1, { startsAtMs, status: 'resolved', endsAtMs: Date.now() })), never);
      await eventually(() => expect(statuses(hook)).toEqual(['firing', 'resolved']));
    } finally {
      await server.stop();
    }
  },
);

test.skipIf(unavailable('alertmanager'))('one alert that it refuses keeps none of the others out', async () => {
  const server = await startAlertmanager();
  const failures: unknown[] = [];
  try {
    const alerts = Array.from({ length: 30 }, (_, n) => notifiedAlert(n, { startsAtMs: Date.now() }));
    // Ends before it starts: Alertmanager answers 400 for all that comes with it.
    alerts[17] = notifiedAlert(17, { startsAtMs: Date.now() + 3_600_000, status: 'resolved', endsAtMs: Date.now() });
    await receiverOf([server.url], failures).send(mirror(...alerts), never);
    const known = (await (await fetch(`${server.url}/api/v2/alerts`)).json()) as unknown[];
    expect(known).toHaveLength(29);
    expect(failures).toMatchObject([{ code: 'RECEIVER_REFUSED' }]);
  } finally {
    await server.stop();
  }
});

test('every Alertmanager of the list gets it; one that is away does not fail the others, all away do', async () => {
  await using one = await recordingServer();
  await using other = await recordingServer();
  const failures: unknown[] = [];
  const away = await closedUrl();
  await receiverOf([one.url, away, `${other.url}/prefix/`], failures).send(mirror(notifiedAlert(1)), never);
  expect([one.requests[0]?.path, other.requests[0]?.path]).toEqual(['/api/v2/alerts', '/prefix/api/v2/alerts']);
  expect(failures).toMatchObject([{ code: 'RECEIVER_UNREACHABLE' }]);
  await expect(receiverOf([away]).send(mirror(notifiedAlert(1)), never)).rejects.toMatchObject({
    code: 'RECEIVER_UNREACHABLE',
  });
});

test('what fires ends by itself after four intervals; empty labels and names it does not know stay away', async () => {
  await using server = await recordingServer();
  const labels = { alertname: 'X', empty: '', 'not-a-name': 'x' };
  const annotations = { summary: 's', 'a b': 'x' };
  await receiverOf([server.url]).send(mirror(notifiedAlert(1, { labels, annotations })), never);
  const [sent] = server.requests[0]!.json as { endsAt: string; labels: object; annotations: object }[];
  expect(sent).toMatchObject({ labels: { alertname: 'X' }, annotations: { summary: 's' } });
  expect(Object.keys(sent!.labels)).toEqual(['alertname']);
  expect(Math.abs(Date.parse(sent!.endsAt) - Date.now() - 240_000)).toBeLessThan(5_000);
});

function receiverOf(urls: readonly string[], failures: unknown[] = []) {
  return alertmanagerReceiver(context, {
    urls: urls.map((url) => new Secret(url)),
    resendMs: 60_000,
    onFailure: (error) => failures.push(error),
  });
}

function mirror(...alerts: Parameters<typeof notificationOf>[0]) {
  return notificationOf(alerts, { kind: 'mirror' });
}

function statuses(hook: RecordingServer): string[] {
  return hook.requests.map(({ json }) => (json as { status: string }).status);
}

function routeTo({ url }: RecordingServer): string {
  return `route: { receiver: hook, group_wait: 0s, group_interval: 1s }\nreceivers: [{ name: hook, webhook_configs: [{ url: '${url}' }] }]\n`;
}

async function eventually(check: () => void): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return check();
    } catch (error) {
      if (attempt >= 100) throw error;
      await sleep(100);
    }
  }
}
