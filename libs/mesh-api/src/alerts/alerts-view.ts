import type { Explanation, Rule, RuleProblem } from '@omninode/alerting';
import type { AlertRecord } from '@omninode/contracts';

/** Injection token of the `AlertsView` that the controllers answer from; the application supplies it. */
export const ALERTS_VIEW = Symbol('omninode:alerts-view');

/** What a replica knows of alerts: of all of them the newest transition, of those of its own partitions everything. */
export interface AlertsView {
  /** The newest transition of every alert of the mesh; undefined while they are still being read. */
  alerts(): readonly AlertRecord[] | undefined;
  find(fingerprint: string): AlertRecord | undefined;
  /** Why an alert is as it is; undefined when another replica judges it, or nobody. */
  explain(fingerprint: string): Explanation | undefined;
  /** The process that owns a partition, by the newest summary; undefined when nobody has spoken for it. */
  ownerOf(partition: number): string | undefined;
  rules(): RulesInForce;
  /** Plays the measurements that are still on the bus through these rules. Throws DRY_RUN_BUSY while another does. */
  dryRun(rules: string, fromMs: number): Promise<DryRun>;
  nowMs(): number;
}

export interface RulesInForce {
  readonly rules: readonly Rule[];
  /** Of the latest reading of the files; when there are any, the rules of the reading before are in force. */
  readonly problems: readonly RuleProblem[];
  readonly loadedMs: number;
  readonly readMs: number;
}

/** What rules would have done. */
export type DryRun =
  | { readonly ok: false; readonly problems: readonly RuleProblem[] }
  | {
      readonly ok: true;
      readonly transitions: readonly AlertRecord[];
      /** How many there were: the list has the first ones only. */
      readonly count: number;
      readonly records: number;
      readonly fromMs: number | undefined;
      readonly toMs: number | undefined;
      /** Why it ended before the end of the bus; undefined: it did not. */
      readonly cutShort: string | undefined;
    };
