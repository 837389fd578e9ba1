import { apiVersions, describeQuorum, metadata } from '@omninode/kafka-link';
import type { BrokerProbe, MetadataPart, QuorumPart } from './sweep-parts.js';
import type { SweepTools } from './sweep.js';

export async function readMetadata({
  link,
  selection,
  user,
  requestTimeoutMs,
  signal,
}: SweepTools): Promise<MetadataPart> {
  const { reply } = await link.askAny(metadata, undefined, { signal, timeoutMs: requestTimeoutMs });
  link.learn(reply.brokers);
  const [selected, deadLetters] = [selection.topics(reply.topics), selection.deadLetters(reply.topics)];
  return {
    ...reply,
    selected: selected.names,
    leftOut: selected.leftOut,
    deadLetterTopics: deadLetters.names,
    deadLettersLeftOut: deadLetters.leftOut,
    fingerprint: selection.fingerprint,
    ...(user !== undefined && { user }),
  };
}

/** Metadata is told from memory, also of brokers that hang: so each is asked something that it answers by itself. */
export async function readProbes({ part, askEach }: SweepTools): Promise<readonly BrokerProbe[]> {
  const { brokers } = await part('metadata');
  return Promise.all(
    brokers.map(async ({ id: broker }): Promise<BrokerProbe> => {
      const startMs = performance.now();
      const { silent } = await askEach(new Map([[broker, undefined]]), apiVersions);
      return silent[0] ? { broker, code: silent[0].code } : { broker, answerMs: performance.now() - startMs };
    }),
  );
}

/** Brokers that answer probes pass this question on to the leading controller. Two of them are asked, so that one's fault is no verdict. */
export async function readQuorum({ link, part, requestTimeoutMs, signal }: SweepTools): Promise<QuorumPart> {
  const answering = (await part('probes')).filter(({ answerMs }) => answerMs !== undefined).slice(0, 2);
  let code = 'KAFKA_BROKER_SILENT';
  for (const { broker } of answering) {
    try {
      const limits = { signal, timeoutMs: requestTimeoutMs };
      const { reply } = await link.ask(broker, describeQuorum, undefined, limits);
      return { state: 'answered', ...reply };
    } catch (error) {
      signal.throwIfAborted();
      ({ code = 'UNEXPECTED' } = error as { code?: string });
      if (code === 'KAFKA_REQUEST_UNKNOWN') return { state: 'unknown' };
    }
  }
  return { state: 'silent', code };
}
