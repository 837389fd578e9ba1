import type { AlertRecord } from '@omninode/contracts';
import type { Rule } from '../rules/rule.js';
import { newInstance, type AlertInstance } from './alert-instance.js';
import type { Moment, Teller } from './teller.js';

/**
 * How many alerts of each rule there are. Beyond a rule's `maxInstances` they are not told one by one: one alert, with the label
 * `overflow`, says how many more there are.
 */
export class Crowd {
  private readonly active = new Map<string, number>();
  private readonly crowdedOut = new Map<string, number>();
  private readonly overflows = new Map<string, AlertInstance>();
  private readonly changed = new Set<Rule>();

  constructor(
    private readonly partition: number,
    private readonly teller: Teller,
  ) {}

  hasRoom({ name, maxInstances }: Rule): boolean {
    return (this.active.get(name) ?? 0) < maxInstances;
  }

  /** Counts one that came (1), went (−1) or stayed as it was (0). */
  count(rule: Rule, activeStep: number, crowdedStep: number): void {
    if (activeStep !== 0) this.active.set(rule.name, (this.active.get(rule.name) ?? 0) + activeStep);
    if (crowdedStep === 0) return;
    this.crowdedOut.set(rule.name, (this.crowdedOut.get(rule.name) ?? 0) + crowdedStep);
    this.changed.add(rule);
  }

  /** Tells of the overflow where it began or ended. */
  settle(moment: Moment): void {
    for (const rule of this.changed) {
      const count = this.crowdedOut.get(rule.name) ?? 0;
      const overflow = this.overflowOf(rule);
      const { state } = overflow;
      if (moment.offset <= state.decidedOffset || count > 0 === (state.told === 'firing')) continue;
      state.value = count;
      state.phase = count > 0 ? 'firing' : 'inactive';
      if (count > 0) state.activeMs = moment.timeMs;
      this.teller.write(overflow, count > 0 ? 'firing' : 'resolved', moment);
    }
    this.changed.clear();
  }

  overflowOf(rule: Rule): AlertInstance {
    const known = this.overflows.get(rule.name);
    if (known) return known;
    const labels = { alertname: rule.name, overflow: 'true', partition: String(this.partition) };
    const summary = {
      text: '',
      parts: [
        { format: 'number' as const },
        { text: ` more alerts of ${rule.name}: more than ${rule.maxInstances} at once are told as one.` },
      ],
    };
    const { runbook_url: runbookUrl } = rule.annotations;
    const annotations = { summary, ...(runbookUrl && { runbook_url: runbookUrl }) };
    const overflow = newInstance({ ...rule, annotations }, overflowEntity, labels);
    overflow.state.level = rule.levels.length - 1;
    this.overflows.set(rule.name, overflow);
    return overflow;
  }

  instances(): Iterable<AlertInstance> {
    return this.overflows.values();
  }

  /** Of rules that are gone. */
  forget(rule: Rule): AlertInstance | undefined {
    const overflow = this.overflows.get(rule.name);
    this.overflows.delete(rule.name);
    this.active.delete(rule.name);
    this.crowdedOut.delete(rule.name);
    this.changed.delete(rule);
    return overflow;
  }
}

/** Whether a record of the alert topic is an overflow's. */
export function isOverflow({ labels }: Pick<AlertRecord, 'labels'>): boolean {
  return labels.overflow === 'true' && labels.partition !== undefined;
}

/** Overflows belong to no entity. */
export const overflowEntity = '';
