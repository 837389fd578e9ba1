import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';

/** What a notification says in one line, for subjects and headlines. */
export function headlineOf(notification: Notification): string {
  return oneLine(headline(notification));
}

/** Without line breaks and control characters: what a target says stays within its line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function headline(notification: Notification): string {
  const { kind, alerts, furtherAlerts } = notification;
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const count = alerts.length + furtherAlerts;
  if (kind === 'test') return 'Test: OmniNode Mesh can reach this receiver.';
  if (kind === 'missed') return `${count} ${plural(count, 'alert')} fired and cleared before anybody could be told`;
  if (kind === 'storm') {
    if (count === 0) return 'The storm of alerts is over: nothing of it fires any more';
    return `Many alerts at once: ${firing} more ${plural(firing, 'alert')} firing, ${alerts.length - firing} resolved`;
  }
  const [first] = alerts;
  const what = first ? nameOf(notification, first) : 'no alert';
  const again = kind === 'reminder' ? ' (still)' : '';
  return firing > 0 ? `[FIRING:${firing}${again}] ${what}` : `[RESOLVED] ${what}`;
}

/** One line for an alert: what is wrong, in the words of its rule. */
export function sentenceOf({ annotations, labels }: NotifiedAlert): string {
  return oneLine(annotations.summary ?? annotations.description ?? `${labels.alertname ?? 'An alert'} has no summary.`);
}

/** The labels but the name, `target=orders-db pool=server`. */
export function labelTextOf({ labels }: NotifiedAlert): string {
  const rest = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return oneLine(rest.map(([name, value]) => `${name}=${value}`).join(' '));
}

/** So many alerts are listed; the others are counted. */
export const mostListed = 20;

/** The alerts that are listed, and how many are not. */
export function listedOf({ alerts, furtherAlerts }: Notification): {
  listed: readonly NotifiedAlert[];
  further: number;
} {
  const listed = alerts.slice(0, mostListed);
  return { listed, further: alerts.length - listed.length + furtherAlerts };
}

function nameOf({ groupLabels }: Notification, { labels, severity }: NotifiedAlert): string {
  const name = labels.alertname ?? 'alert';
  const rest = Object.entries(groupLabels).filter(([label]) => label !== 'alertname' && label !== 'severity');
  const target = rest.length > 0 ? rest.map(([, value]) => value).join(', ') : (labels.target ?? labels.service_name);
  return `${name}${target ? ` ${target}` : ''} (${severity})`;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
