import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Secret } from '@omninode/service-kit';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { hostile, notificationOf, notifiedAlert, startsAtMs } from '../testing/notifications.js';
import { emailReceiver, type EmailOptions } from './email.js';

const context = { name: 'ops', timeoutMs: 3_000, externalUrl: undefined, nowMs: () => startsAtMs };
const never = new AbortController().signal;

test('a mail with text and HTML, over STARTTLS and with a login; what a target says stays text', async () => {
  await using server = await smtpServer();
  const receiver = emailReceiver(context, server.options);
  const annotations = { summary: hostile };
  const notification = notificationOf([
    notifiedAlert(1, { annotations, labels: { alertname: 'Evil\r\nBcc: x@example.com', target: 'db-1' } }),
  ]);
  await receiver.send(notification, never);
  const [mail] = server.mails;
  expect(mail).toMatchObject({ isSecure: true, user: 'mesh', from: 'mesh@example.com', to: ['ops@example.com'] });
  const text = mail!.text;
  expect(text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
  expect(text).toContain(`Message-ID: <${notification.idempotencyKey}@omninode-mesh>`);
  expect(text).toContain('&lt;script&gt;');
  expect(text.split('text/html')[1]).not.toContain('<script>');
});

test('a wrong password is refused for good; its words are nowhere', async () => {
  await using server = await smtpServer();
  const receiver = emailReceiver(context, { ...server.options, password: new Secret('wr0ng') });
  const error = await receiver
    .send(notificationOf([notifiedAlert(1)]), never)
    .catch((failure: unknown) => failure as Error);
  expect(error).toMatchObject({ code: 'SMTP_DENIED', retryable: false });
  expect(String((error as Error).message)).not.toContain('wr0ng');
});

test('without TLS where it is asked for nothing is sent', async () => {
  await using server = await smtpServer({ disabledCommands: ['STARTTLS'] });
  await expect(
    emailReceiver(context, server.options).send(notificationOf([notifiedAlert(1)]), never),
  ).rejects.toMatchObject({ code: 'SMTP_INSECURE' });
  expect(server.mails).toHaveLength(0);
});

test('a certificate that nobody knows is not trusted unless that is said', async () => {
  await using server = await smtpServer();
  const receiver = emailReceiver(context, { ...server.options, verifyCertificate: true });
  await expect(receiver.send(notificationOf([notifiedAlert(1)]), never)).rejects.toMatchObject({
    code: 'SMTP_FAILED',
    retryable: true,
  });
});

test('a server that is full is tried again, one that knows nobody of that name is not', async () => {
  await using server = await smtpServer({
    onRcptTo: ({ address }, _session, done) =>
      done(Object.assign(new Error('no'), { responseCode: address.startsWith('full') ? 452 : 550 })),
  });
  const send = (to: string) =>
    emailReceiver(context, { ...server.options, to: [to] }).send(notificationOf([notifiedAlert(1)]), never);
  await expect(send('full@example.com')).rejects.toMatchObject({ code: 'SMTP_FAILED', retryable: true });
  await expect(send('nobody@example.com')).rejects.toMatchObject({ code: 'SMTP_REFUSED', retryable: false });
});

test('who does not greet is given up in time', async () => {
  await using server = await smtpServer({ onConnect: () => undefined });
  const receiver = emailReceiver({ ...context, timeoutMs: 300 }, server.options);
  await expect(receiver.send(notificationOf([notifiedAlert(1)]), never)).rejects.toMatchObject({ retryable: true });
});

interface Mail {
  readonly text: string;
  readonly isSecure: boolean;
  readonly user: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

async function smtpServer(over: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'mesh' && password === 's3cret'
        ? done(null, { user: username })
        : done(Object.assign(new Error('no'), { responseCode: 535 })),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        mails.push({
          text: Buffer.concat(parts).toString(),
          isSecure: session.secure,
          user: session.user,
          from,
          to: rcptTo.map(({ address }) => address),
        });
        done();
      });
    },
    ...over,
  });
  // A client that hangs up in the middle is no failure of the server.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const options: EmailOptions = {
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    security: 'starttls',
    verifyCertificate: false,
    user: 'mesh',
    password: new Secret('s3cret'),
    from: 'mesh@example.com',
    to: ['ops@example.com'],
  };
  return { mails, options, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
