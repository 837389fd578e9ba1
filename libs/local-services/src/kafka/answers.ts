import { exchange } from '../process/exchange.js';

/** What a broker knows of its cluster. */
export interface ClusterView {
  readonly brokerIds: readonly number[];
  /** -1 while there is none. */
  readonly controllerId: number;
}

/** Resolves when a broker answers ApiVersions, which it does before any login. */
export async function kafkaAnswers(host: string, port: number, signal: AbortSignal, tls = false): Promise<void> {
  const request = requestOf(apiVersionsKey, 0, Buffer.alloc(0));
  const answer = await exchange({ host, port, request, isComplete: isWholeAnswer, tls, signal });
  const errorCode = answer.readInt16BE(bodyAt);
  if (errorCode !== 0) throw new Error(`it answers ApiVersions with error code ${errorCode}`);
}

/** Asks a broker without a login for the brokers that it takes for alive. */
export async function readCluster(host: string, port: number, signal: AbortSignal): Promise<ClusterView> {
  const noTopics = Buffer.alloc(4);
  const request = requestOf(metadataKey, 1, noTopics);
  const answer = await exchange({ host, port, request, isComplete: isWholeAnswer, signal });
  const brokerIds: number[] = [];
  let at = bodyAt + 4;
  for (let count = answer.readInt32BE(bodyAt); count > 0; count--) {
    brokerIds.push(answer.readInt32BE(at));
    at += 4; // node id
    at = afterString(answer, at); // host
    at += 4; // port
    at = afterString(answer, at); // rack
  }
  return { brokerIds: brokerIds.toSorted((a, b) => a - b), controllerId: answer.readInt32BE(at) };
}

// https://kafka.apache.org/protocol.html; these versions are the oldest that a 4.x broker still takes.
const apiVersionsKey = 18;
const metadataKey = 3;
/** Behind the length and the correlation id. */
const bodyAt = 8;

function requestOf(apiKey: number, apiVersion: number, body: Buffer): Buffer {
  const clientId = Buffer.from('omninode-readiness');
  const head = Buffer.alloc(14);
  head.writeInt32BE(10 + clientId.length + body.length, 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(apiVersion, 6);
  head.writeInt32BE(1, 8); // correlation id
  head.writeInt16BE(clientId.length, 12);
  return Buffer.concat([head, clientId, body]);
}

function isWholeAnswer(answer: Buffer): boolean {
  return answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
}

/** A string is its length in two bytes (-1: null) and its bytes. */
function afterString(answer: Buffer, at: number): number {
  return at + 2 + Math.max(answer.readInt16BE(at), 0);
}
