import { createHash } from 'node:crypto';
import type { Route } from './route.js';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}' +
  'table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-top:1px solid #d0d7de}' +
  'code{font:14px ui-monospace,monospace}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#58a6ff}td,th{border-color:#30363d}}';

/** Lets a browser use this style of the page, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`;

/** A page for people that lists the routes. Nothing of it comes from elsewhere. */
export function referencePage(routes: readonly Route[]): string {
  const rows = routes
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(
      ({ method, path, summary, role }) =>
        `<tr><td><code>${escapeHtml(method.toUpperCase())}</code><td>${linked(method, path)}<td>${escapeHtml(summary)}<td>${escapeHtml(role)}`,
    );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>OmniNode Mesh API</title><style>${style}</style><h1>OmniNode Mesh API</h1><p>The description for programs: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p><table><thead><tr><th>Method<th>Path<th>What it answers<th>Role</thead><tbody>${rows.join('')}</tbody></table></html>\n`;
}

function linked(method: string, path: string): string {
  const code = `<code>${escapeHtml(path)}</code>`;
  const canOpen = method === 'get' && !path.includes('{') && path !== '/api/v1/stream';
  return canOpen ? `<a href="${escapeHtml(path)}">${code}</a>` : code;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
