import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ConsumeTopic, PartitionAssigned, PartitionRevoked } from '@omninode/bus';
import type { PartitionAssignment, RecordBatch, StartAt } from '@omninode/contracts';
import { Aggregator } from './aggregator.js';

/** Where the measurement topic enters the aggregator. Positions are kept with the state, so the group commits nothing. */
@Controller()
export class AggregatorController {
  constructor(@Inject(Aggregator) private readonly aggregator: Aggregator) {}

  @PartitionAssigned('measurement')
  assigned(@Payload() assignment: PartitionAssignment): Promise<StartAt> {
    return this.aggregator.restore(assignment);
  }

  @ConsumeTopic('measurement', { group: 'aggregator', commit: false })
  apply(@Payload() batch: RecordBatch): Promise<void> {
    return this.aggregator.apply(batch);
  }

  @PartitionRevoked('measurement')
  revoked(@Payload() partition: number): Promise<void> {
    return this.aggregator.revoke(partition);
  }
}
