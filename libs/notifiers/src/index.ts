/**
 * Who is told of alerts, when, and how.
 *
 * lifecycle/  what a receiver knows and should know: groups, mutes, reminders, storms; pure, time is an argument
 * receivers/  where messages go, a file for each kind
 */
export { setbackOf } from './delivery.js';
export type { Setback } from './delivery.js';
export { notifierErrors } from './errors.js';
export { makeReceiver, settingsOf } from './make-receiver.js';
export type { ReceiverParts } from './make-receiver.js';
export { notificationMetrics } from './notifications.metrics.js';
export { notifyConfig } from './notify.config.js';
export type { NotifyConfig } from './notify.config.js';
export type { ReceiverConfig } from './receiver.config.js';
export type { Receiver } from './receivers/receiver.js';
export type { InhibitRule } from './lifecycle/inhibition.js';
export type { MaintenanceWindow } from './lifecycle/maintenance.js';
export { parseMatcher } from './lifecycle/matcher.js';
export type { Matcher } from './lifecycle/matcher.js';
export { mutesAt } from './lifecycle/mutes.js';
export type { Mute, MuteRules, Muted } from './lifecycle/mutes.js';
export type { NotifiedAlert, Notification, NotificationKind } from './lifecycle/notification.js';
export { ReceiverState } from './lifecycle/receiver-state.js';
export type { AlertPosition, ReceiverSettings } from './lifecycle/receiver-state.js';
export { testMessage } from './lifecycle/test-message.js';
export { readSilence, silenceState } from './lifecycle/silence.js';
export type { ReadSilence, Silence } from './lifecycle/silence.js';
export { outboxForm } from './lifecycle/told.js';
export type { Outbox } from './lifecycle/told.js';
