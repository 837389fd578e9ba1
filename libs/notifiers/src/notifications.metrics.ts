import { counter, defineMetrics, gauge } from '@omninode/contracts';

/** What the notifications of a process say of themselves. `receiver` is its name in the configuration. */
export const notificationMetrics = defineMetrics({
  omninode_mesh_notifications_total: counter(
    'messages',
    'Tries to send a message to a receiver: sent, failed (tried again), refused (tried again rarely).',
    ['receiver', 'outcome'],
  ),
  omninode_mesh_notifications_dropped_total: counter(
    'messages',
    'Ends of alerts that were never told, because too many waited for the receiver. What fires is never dropped.',
    ['receiver'],
  ),
  omninode_mesh_notifications_waiting: gauge('messages', 'Changes of alerts that are due and not told.', ['receiver']),
  omninode_mesh_notifications_oldest_age_seconds: gauge(
    'seconds',
    'For how long the oldest change of an alert has waited to be told. Absent when none waits.',
    ['receiver'],
  ),
  omninode_mesh_notifications_is_leader: gauge(
    'boolean',
    'Whether this process is the one that sends to the receiver. Over all replicas the sum is 1.',
    ['receiver'],
  ),
  omninode_mesh_receiver_overdue_seconds: gauge(
    'seconds',
    'For how long a receiver has not taken what it should: since its tries fail, or since the oldest change that is due waits. 0: it owes nothing. Every replica says the same, whoever sends. Absent before its first leader has spoken.',
    ['receiver'],
  ),
});
