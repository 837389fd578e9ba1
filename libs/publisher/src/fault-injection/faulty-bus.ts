import { CodedError } from '@omninode/contracts';
import type { BusPublisher, ErrorPhase, NewRecord, Position } from '@omninode/contracts';

/** What the bus does with one publish. `lose the answer`: it takes the records and rejects. `hang`: it never answers. */
export type Answer = 'take' | 'lose the answer' | 'hang' | Error;

/** A bus whose next answers a test decides. `log` is what readers of the topic would see. */
export class FaultyBus implements BusPublisher {
  readonly log: NewRecord[] = [];
  readonly publishes: (readonly NewRecord[])[] = [];
  answer: (records: readonly NewRecord[]) => Answer = () => 'take';

  async publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    this.publishes.push(records);
    const answer = this.answer(records);
    if (answer instanceof Error) throw answer;
    if (answer === 'hang') return new Promise(() => {});
    const positions = records.map(({ topic }, nth) => ({ topic, partition: 0, offset: this.log.length + nth }));
    this.log.push(...records);
    if (answer === 'lose the answer') throw unavailable();
    return positions;
  }
}

/** A failure that another try can mend. */
export function unavailable(): Error {
  return busError('TEST_BUS_UNAVAILABLE', true, 'connection');
}

/** A failure that no other try can mend. */
export function refusal(code = 'TEST_BUS_REFUSED', phase: ErrorPhase = 'bus'): Error {
  return busError(code, false, phase);
}

function busError(code: string, retryable: boolean, phase: ErrorPhase): Error {
  return new CodedError(code, { phase, retryable, message: 'The bus of the test fails as it was told.' }, {});
}
