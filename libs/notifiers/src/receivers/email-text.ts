import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';
import { headlineOf, labelTextOf, listedOf, oneLine, sentenceOf } from './text.js';

/** The message as text. */
export function plainTextOf(notification: Notification, externalUrl: string | undefined): string {
  const { listed, further } = listedOf(notification);
  return [
    headlineOf(notification),
    ...listed.map((alert) => `\n${linesOf(alert).join('\n')}`),
    ...(further > 0 ? [`\nand ${further} more`] : []),
    ...(externalUrl === undefined ? [] : [`\n${externalUrl}`]),
  ].join('\n');
}

/** The message as HTML. What comes from targets is text there, whatever it holds. */
export function htmlOf(notification: Notification, externalUrl: string | undefined): string {
  const { listed, further } = listedOf(notification);
  const items = listed.map((alert) => {
    const [head = '', ...lines] = linesOf(alert);
    return `<li style="border-left:4px solid ${colours[alert.status === 'resolved' ? 'resolved' : alert.severity]};padding-left:8px"><p><strong>${escapeHtml(head)}</strong><br>${lines.map(escapeHtml).join('<br>')}</p></li>`;
  });
  const more = further > 0 ? `<p>and ${further} more</p>` : '';
  const link = externalUrl === undefined ? '' : `<p><a href="${escapeHtml(externalUrl)}">OmniNode Mesh</a></p>`;
  return `<!doctype html><html><body><h2>${escapeHtml(headlineOf(notification))}</h2><ul style="list-style:none;padding:0">${items.join('')}</ul>${more}${link}</body></html>`;
}

export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

const colours = { info: '#3b82f6', warning: '#f59e0b', critical: '#dc2626', resolved: '#16a34a' } as const;

function linesOf(alert: NotifiedAlert): string[] {
  const { status, severity, labels, annotations, startsAtMs, endsAtMs, isFlapping } = alert;
  const state = status === 'resolved' ? 'resolved' : `${severity}${isFlapping ? ', flapping' : ''}`;
  const until = endsAtMs === undefined ? '' : `, until ${new Date(endsAtMs).toISOString()}`;
  return [
    oneLine(`${labels.alertname ?? 'alert'} (${state})`),
    sentenceOf(alert),
    labelTextOf(alert),
    `since ${new Date(startsAtMs).toISOString()}${until}`,
    ...(annotations.runbook_url === undefined ? [] : [oneLine(`runbook: ${annotations.runbook_url}`)]),
  ];
}
