import { isIP } from 'node:net';
import { z } from 'zod';

/** A proxy that knows who asks, and says so in headers: section `api.proxy`. */
export const proxyConfig = z.object({
  addresses: z
    .array(z.string().refine(isRange, 'must be an address or a range, such as 10.0.0.7 or 10.0.0.0/24'))
    .default([])
    .describe(
      'Addresses or ranges of the proxies that are believed, such as 10.0.0.7 or 10.0.0.0/24. From others the headers mean nothing.',
    ),
  userHeader: headerName('x-forwarded-user').describe(
    'The header with the name of the user. The proxy must replace what a client sends.',
  ),
  groupsHeader: headerName('x-forwarded-groups').describe(
    'The header with the groups of the user, separated by commas.',
  ),
  adminGroup: z
    .string()
    .min(1)
    .default('omninode-admin')
    .describe('Who is in this group is an admin; all others are viewers.'),
  viewerGroup: z.string().min(1).optional().describe('With it, only who is in this group is a viewer.'),
});

export type ProxyConfig = z.infer<typeof proxyConfig>;

function headerName(fallback: string) {
  return z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a header in small letters')
    .default(fallback);
}

function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
