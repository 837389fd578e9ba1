import { decodeRecord } from '@omninode/contracts';
import type { Bus, DecodedRecord } from '@omninode/contracts';

/** All of the measurement topic, decoded. Throws where a record or a point of it can't be read. Closes the bus. */
export async function measurementsOn(bus: Bus, topic: string): Promise<DecodedRecord[]> {
  const decoded: DecodedRecord[] = [];
  for (let partition = 0; partition < (await bus.partitionCount(topic)); partition++) {
    await bus.readToEnd(topic, partition, ({ value, headers, key, offset }) => {
      const result = decodeRecord(value, headers['content-type'], key);
      if (!result.ok || result.record.rejected.length > 0)
        throw new Error(`Record ${partition}/${offset} can not be read: ${JSON.stringify(result)}`);
      decoded.push(result.record);
    });
  }
  await bus.close();
  return decoded;
}
