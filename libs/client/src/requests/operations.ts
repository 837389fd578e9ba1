import { clientMetrics } from '../client.metrics.js';
import { BoundedLabels, labelText, otherLabel } from '../meter/bounded-labels.js';
import type { Meter } from '../meter/meter.js';
import { Operation } from './operation.js';

export interface OperationLimits {
  /** Pairs of component and operation that are told apart; what is beyond is counted as `other`. */
  readonly maxOperations: number;
  /** Names of errors that are told apart, of all operations together. */
  readonly maxErrorTypes: number;
  /** What is slow, ms: of an operation as `component.operation`, else of all. */
  readonly slowAfterMs: number | Readonly<Record<string, number>>;
}

/** The operations that were seen. */
export class Operations {
  private readonly byComponent = new Map<string, Map<string, Operation>>();
  private readonly errorTypes: BoundedLabels;
  private count = 0;
  private other: Operation | undefined;

  constructor(
    private readonly meter: Meter,
    private readonly limits: OperationLimits,
  ) {
    this.errorTypes = new BoundedLabels(limits.maxErrorTypes, () => this.countOther('error_type'));
  }

  find(component: string, operation: string): Operation {
    return this.byComponent.get(component)?.get(operation) ?? this.add(component, operation);
  }

  private add(component: string, operation: string): Operation {
    if (this.count >= this.limits.maxOperations) {
      this.countOther('operation');
      return (this.other ??= this.make(otherLabel, otherLabel));
    }
    this.count += 1;
    const added = this.make(labelText(component), labelText(operation));
    let operations = this.byComponent.get(component);
    if (!operations) this.byComponent.set(component, (operations = new Map()));
    operations.set(operation, added);
    return added;
  }

  private make(component: string, operation: string): Operation {
    const { slowAfterMs } = this.limits;
    const threshold = typeof slowAfterMs === 'number' ? slowAfterMs : thresholdIn(slowAfterMs, component, operation);
    return new Operation(component, operation, threshold, this.meter, this.errorTypes);
  }

  private countOther(label: string): void {
    this.meter.total(clientMetrics, 'omninode_mesh_client_other_labels_total', { label }).add();
  }
}

/** What is slow where nobody says otherwise, ms: the strategy document's slow query. */
export const defaultSlowAfterMs = 1_000;

function thresholdIn(thresholds: Readonly<Record<string, number>>, component: string, operation: string): number {
  return thresholds[`${component}.${operation}`] ?? thresholds['*'] ?? defaultSlowAfterMs;
}
