import type { Secret } from '@omninode/service-kit';

/** A bearer token, or a user with a password; never both. */
export interface Credentials {
  readonly token?: Secret | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
}

/** The header that shows them; empty without any. */
export function authorization({ token, user, password }: Credentials): Record<string, string> {
  if (token) return { authorization: `Bearer ${token.reveal().trim()}` };
  if (user === undefined) return {};
  const pair = `${user}:${password?.reveal() ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
