import { defineErrors } from '@omninode/contracts';

/** Every error that this lib throws. */
export const errors = defineErrors({
  SERVER_NOT_AVAILABLE: {
    phase: 'configuration',
    retryable: false,
    message: '{server} is not available here: {reason}. {remedy}',
  },
  SERVER_ENDED: {
    phase: 'connection',
    retryable: true,
    message: '{server} ended while it started ({exit}). The last lines of {logFile}:\n{lines}',
  },
  SERVER_NOT_READY: {
    phase: 'connection',
    retryable: true,
    message: '{server} did not answer within {deadlineMs} ms ({reason}). The last lines of {logFile}:\n{lines}',
  },
  START_ABORTED: {
    phase: 'connection',
    retryable: true,
    message: 'Starting {server} was cancelled.',
  },
  PORT_IN_USE: {
    phase: 'configuration',
    retryable: true,
    message: '{server} cannot listen on {host}:{port}, another program does. Choose another port, or 0 for a free one.',
  },
  FETCH_FAILED: {
    phase: 'connection',
    retryable: true,
    message: '{url} could not be fetched: {reason}. Is the network up? A mirror can be named by --maven-repository.',
  },
  NOT_THE_PINNED_FILE: {
    phase: 'configuration',
    retryable: false,
    message: 'The fetched {artifact} is not the pinned one: its SHA-256 is {found}, expected {expected}.',
  },
  SET_UP_FAILED: {
    phase: 'storage',
    retryable: false,
    message: '{step} failed for {folder} ({exit}): {lines}',
  },
  FOLDER_IN_USE: {
    phase: 'storage',
    retryable: true,
    message: 'The data folder {folder} is in use by process {pid}. Stop that server, or choose another folder.',
  },
  FOLDER_OF_OTHER_VERSION: {
    phase: 'storage',
    retryable: false,
    message:
      'The data folder {folder} holds data of PostgreSQL {found}, which PostgreSQL {wanted} cannot read. Choose another folder, or remove this one.',
  },
  NO_SUCH_NODE: {
    phase: 'input',
    retryable: false,
    message: 'The Kafka cluster has no node {nodeId}; its nodes are 1 to {count}.',
  },
  CLUSTER_INCOMPLETE: {
    phase: 'connection',
    retryable: true,
    message: 'Not every Kafka node saw all {count} nodes and a controller within {deadlineMs} ms. Last seen: {seen}.',
  },
  SERVICE_DOWN: {
    phase: 'configuration',
    retryable: false,
    message: 'Service {name} is needed and is not up. Bring it up first.',
  },
  SERVICE_STUCK: {
    phase: 'connection',
    retryable: false,
    message: 'Service {name} runs (pid {pid}) but does not answer: {reason}. Take it down first; its log is {logFile}.',
  },
  NOTE_UNREADABLE: {
    phase: 'storage',
    retryable: false,
    message: 'The note {file} about a running service is damaged. End its server by hand, then remove the file.',
  },
  NO_UNPRIVILEGED_USER: {
    phase: 'configuration',
    retryable: false,
    message:
      '{server} refuses to run as root, and no other user can reach both {binary} and {folder}. Run as a normal user, or choose folders that user "nobody" can reach (OMNINODE_CACHE_DIR for the programs).',
  },
});
