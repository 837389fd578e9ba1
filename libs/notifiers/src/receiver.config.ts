import { duration, secret } from '@omninode/service-kit';
import { z } from 'zod';
import { matcherList } from './matchers.config.js';

const httpUrl = () =>
  secret().superRefine((url, context) => {
    if (!isHttpUrl(url.reveal())) context.addIssue({ code: 'custom', message: 'must be an http or https address' });
  });

const every = {
  matchers: matcherList({ min: 0 }).prefault([]).describe('Which alerts it is told; without any, all.'),
  groupBy: z
    .array(z.string().min(1).max(200))
    .max(16)
    .default(['alertname'])
    .describe('Alerts with the same values of these labels share a message. ["..."]: each alert has its own.'),
  groupWait: duration({ max: '10m' })
    .prefault('5s')
    .describe('How long the first message of a group waits for more of the same.'),
  groupInterval: duration({ max: '1d' })
    .prefault('1m')
    .describe('Pause between two messages of a group. What is worse than all that it told does not wait for it.'),
  repeatInterval: duration({ max: '30d' })
    .prefault('4h')
    .describe('After this a group that still fires is told again. 0s: never.'),
  sendResolved: z.boolean().default(true).describe('Whether the end of an alert is told.'),
  stormCap: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .describe('Messages in a minute; what is beyond is counted in one more.'),
  timeout: duration({ min: '100ms', max: '2m' }).prefault('10s').describe('How long one try may take.'),
};

const credentials = {
  token: secret().optional().describe('Bearer token; tokenFile names a file that holds it.'),
  user: z.string().min(1).optional().describe('User of basic authentication.'),
  password: secret().optional().describe('Password of the user; passwordFile names a file that holds it.'),
};

/** One receiver. */
export const receiverConfig = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), ...every }),
  z.object({
    type: z.literal('webhook'),
    url: httpUrl().describe('Where the body of an Alertmanager webhook, version 4, is posted.'),
    ...credentials,
    maxAlerts: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('Alerts in one message; the others are counted.'),
    ...every,
  }),
  z.object({
    type: z.literal('alertmanager'),
    urls: z
      .array(httpUrl())
      .min(1)
      .max(16)
      .describe('Every Alertmanager of the cluster; they do not tell each other of alerts.'),
    ...credentials,
    resend: duration({ min: '1s', max: '10m' }).prefault('60s').describe('How often everything is sent anew.'),
    ...every,
  }),
  z.object({
    type: z.literal('slack'),
    url: httpUrl().describe('The incoming webhook; urlFile names a file that holds it.'),
    ...every,
  }),
  z.object({
    type: z.literal('email'),
    host: z.string().min(1).max(253).describe('The SMTP server.'),
    port: z.number().int().min(1).max(65_535).default(587).describe('Its port: 587 with STARTTLS, 465 with TLS.'),
    security: z
      .enum(['none', 'starttls', 'tls'])
      .default('starttls')
      .describe('none: clear text. starttls: TLS or nothing. tls: TLS from the first byte.'),
    verifyCertificate: z.boolean().default(true).describe('Whether its certificate must be trusted.'),
    user: z.string().min(1).optional().describe('User of the server.'),
    password: secret().optional().describe('Password of the user; passwordFile names a file that holds it.'),
    from: mailAddress().describe('The sender.'),
    to: z.array(mailAddress()).min(1).max(50).describe('Who gets it.'),
    ...every,
  }),
  z.object({
    type: z.literal('pagerduty'),
    url: httpUrl()
      .prefault('https://events.pagerduty.com')
      .describe('The events API; https://events.eu.pagerduty.com in the EU.'),
    routingKey: secret().describe('Integration key of the service; routingKeyFile names a file that holds it.'),
    ...every,
  }),
]);

export type ReceiverConfig = z.infer<typeof receiverConfig>;

function mailAddress() {
  return z
    .string()
    .max(320)
    .regex(/^(?:[^<>\r\n]*<)?[^\s<>@,;]+@[^\s<>@,;]+>?$/)
    .meta({ expects: 'a mail address, such as mesh@example.com' });
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
