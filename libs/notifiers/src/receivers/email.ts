import { createTransport, type Transporter } from 'nodemailer';
import type { Secret } from '@omninode/service-kit';
import { errorCode } from '@omninode/contracts';
import { notifierErrors } from '../errors.js';
import type { Notification } from '../lifecycle/notification.js';
import { htmlOf, plainTextOf } from './email-text.js';
import type { Receiver, ReceiverContext } from './receiver.js';
import { headlineOf } from './text.js';

export interface EmailOptions {
  readonly host: string;
  readonly port: number;
  /** `none`: in clear text. `starttls`: begins in clear text and refuses to go on without TLS. `tls`: TLS from the first byte. */
  readonly security: 'none' | 'starttls' | 'tls';
  /** Whether the server's certificate must be one that this machine trusts. */
  readonly verifyCertificate: boolean;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/** Sends mail through an SMTP server, one message for each notification, with text and HTML. */
export function emailReceiver(context: ReceiverContext, options: EmailOptions): Receiver {
  const where = { receiver: context.name, address: `${options.host}:${options.port}` };
  return { send, close: () => undefined };

  async function send(notification: Notification, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // A connection for each message: a server that forgets idle ones would cost the first try after each pause.
    const transport = createTransport(transportOptions(options, context.timeoutMs));
    const { promise: broken, reject } = Promise.withResolvers<never>();
    const deadline = setTimeout(
      () => reject(notifierErrors.RECEIVER_SILENT({ ...where, timeoutMs: context.timeoutMs })),
      context.timeoutMs,
    );
    const abort = () => reject(notifierErrors.SEND_ABORTED(where));
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([deliver(transport, notification), broken]);
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      transport.close();
    }
  }

  async function deliver(transport: Transporter, notification: Notification): Promise<void> {
    const { externalUrl } = context;
    const message = {
      from: options.from,
      to: [...options.to],
      subject: `[OmniNode] ${headlineOf(notification)}`.slice(0, 200),
      text: plainTextOf(notification, externalUrl),
      html: htmlOf(notification, externalUrl),
      // The same for each try of one message: many mail clients show such copies as one.
      messageId: `<${notification.idempotencyKey}@omninode-mesh>`,
      headers: {
        'X-Omninode-Group': Buffer.from(notification.groupKey).toString('base64url').slice(0, 200),
        'Auto-Submitted': 'auto-generated',
      },
    };
    await transport.sendMail(message).catch((error: unknown) => {
      throw smtpError(error, where);
    });
  }
}

/** Answers from 500 on stand until a person changes something: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 */
function smtpError(error: unknown, where: { receiver: string; address: string }): Error {
  const status = (error as { responseCode?: unknown }).responseCode;
  if (errorCode(error) === 'ETLS') return notifierErrors.SMTP_INSECURE(where);
  if (errorCode(error) === 'EAUTH') return notifierErrors.SMTP_DENIED(where);
  // The server's own words may quote what was sent; its number says enough.
  if (typeof status === 'number' && status >= 500) return notifierErrors.SMTP_REFUSED({ ...where, status });
  return notifierErrors.SMTP_FAILED({
    ...where,
    reason: typeof status === 'number' ? `status ${status}` : errorCode(error),
  });
}

function transportOptions(
  { host, port, security, verifyCertificate, user, password }: EmailOptions,
  timeoutMs: number,
) {
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { rejectUnauthorized: verifyCertificate },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== undefined && { auth: { user, pass: password?.reveal() ?? '' } }),
  };
}
