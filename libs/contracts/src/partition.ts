/**
 * The partition of a key, as Kafka's Java and kafkajs' default partitioners compute it: murmur2 of the key's UTF-8 bytes,
 * sign bit cleared, modulo the number of partitions. Producers in other languages with a murmur2 partitioner agree.
 * Source: https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/utils/Utils.java (murmur2)
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

function murmur2(data: Buffer): number {
  const seed = 0x9747b28c;
  const m = 0x5bd1e995;
  const wholeWords = data.length >> 2;
  let h = seed ^ data.length;
  for (let word = 0; word < wholeWords; word++) {
    let k = Math.imul(data.readInt32LE(word * 4), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = wholeWords * 4;
  const rest = data.length - tail;
  if (rest === 3) h ^= data.readUInt8(tail + 2) << 16;
  if (rest >= 2) h ^= data.readUInt8(tail + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ data.readUInt8(tail), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
