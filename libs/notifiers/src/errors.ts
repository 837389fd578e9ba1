import { defineErrors } from '@omninode/contracts';

/** Every error that a receiver reports. `retryable`: the same message may be taken later without a change by a person. */
export const notifierErrors = defineErrors({
  RECEIVER_UNREACHABLE: {
    phase: 'connection',
    retryable: true,
    message:
      'The receiver {receiver} at {address} can not be reached ({reason}). It is tried again; look at its address, the network and its certificate.',
  },
  RECEIVER_SILENT: {
    phase: 'connection',
    retryable: true,
    message:
      'The receiver {receiver} at {address} has not answered within {timeoutMs} ms. It is tried again; notify.receivers.{receiver}.timeout is how long it may take.',
  },
  RECEIVER_BUSY: {
    phase: 'connection',
    retryable: true,
    message: 'The receiver {receiver} at {address} asks to come back later (status {status}); that is done.',
  },
  RECEIVER_FAILED: {
    phase: 'connection',
    retryable: true,
    message: 'The receiver {receiver} at {address} failed (status {status}). It is tried again; its own log says why.',
  },
  RECEIVER_REFUSED: {
    phase: 'input',
    retryable: false,
    message:
      'The receiver {receiver} at {address} refused a message (status {status}): {answer}. The others are sent; this one is tried again much later.',
  },
  RECEIVER_DENIED: {
    phase: 'configuration',
    retryable: false,
    message:
      'The receiver {receiver} at {address} lets nothing in (status {status}). Look at its address and its secret in notify.receivers.{receiver}.',
  },
  RECEIVER_REDIRECTS: {
    phase: 'configuration',
    retryable: false,
    message:
      'The receiver {receiver} at {address} answers with a redirect (status {status}), which is not followed, so that no secret goes elsewhere. Write its final address into notify.receivers.{receiver}.',
  },
  SMTP_FAILED: {
    phase: 'connection',
    retryable: true,
    message:
      'The mail server {address} of the receiver {receiver} did not take the message ({reason}). It is tried again.',
  },
  SMTP_REFUSED: {
    phase: 'input',
    retryable: false,
    message:
      'The mail server {address} of the receiver {receiver} refused the message for good (status {status}). Look at from and to in notify.receivers.{receiver}.',
  },
  SMTP_DENIED: {
    phase: 'configuration',
    retryable: false,
    message:
      'The mail server {address} of the receiver {receiver} does not take its login. Look at user and password in notify.receivers.{receiver}.',
  },
  SMTP_INSECURE: {
    phase: 'configuration',
    retryable: false,
    message:
      'The mail server {address} of the receiver {receiver} does not offer STARTTLS, so nothing was sent to it. Set security in notify.receivers.{receiver} to tls, or to none where the network is trusted.',
  },
  SEND_ABORTED: {
    phase: 'connection',
    retryable: true,
    message:
      'A message to the receiver {receiver} was broken off, because this process ends or is no longer the one that sends.',
  },
});
