import type { BreakerKind, BreakerOutcome, BreakerState } from '@omninode/contracts';
import { declared } from '../dialects/dialect.js';
import type { Dialect } from '../dialects/dialect.js';
import type { FigureName, Observation } from '../observation.js';
import type { Ingredient, Rule } from './rule.js';
import type { Sample } from './read-samples.js';

export type Figures = Partial<Record<FigureName | Ingredient, number>>;

/** All that one exposition says of one breaker, gathered sample by sample. */
export class Sighting {
  readonly #states = new Set<BreakerState>();
  /** What was said already, without labels that no rule knows: the second time, it is told of two breakers under one name. */
  readonly #said = new Set<string>();
  readonly #stateSeconds: Partial<Record<BreakerState, number>> = {};
  readonly #calls: Partial<Record<BreakerOutcome, number>> = {};
  readonly #figures: Figures = {};
  #includes: readonly BreakerOutcome[] = [];
  #openings: Observation['openings'];
  #kind: BreakerKind = 'error';
  #isTold = false;

  isAmbiguous = false;

  constructor(
    readonly component: string,
    private dialect: Dialect,
  ) {}

  note(rule: Rule, sample: Sample, dialect: Dialect): void {
    // Rules of one's own may add to what a library of ours tells of the same breaker.
    if (this.dialect.library === declared) this.dialect = dialect;
    if (rule.kind) this.#kind = rule.kind;
    if (rule.state) this.#noteState(rule.state, sample);
    if (rule.stateSeconds) this.#noteTime(rule.stateSeconds, sample);
    if (rule.calls) this.#noteCalls(rule.calls, sample);
    if (rule.openings) this.#noteOpenings(rule.openings.from, sample.value);
    else if (this.#openings === undefined) this.#assumeNoOpenings(sample.name, dialect);
    if (rule.figure && sample.value >= 0) {
      this.#figures[rule.figure.name] = sample.value * (rule.figure.scale ?? 1);
      this.#once(rule.figure.name);
    }
  }

  /** `undefined` where all that was said is of no use by itself. */
  observation(): Observation | undefined {
    const { dialect, component } = this;
    const figures = dialect.figuresOf ? dialect.figuresOf(this.#figures) : this.#figures;
    if (!this.#isTold && Object.keys(figures).length === 0) return undefined;
    return {
      component,
      kind: this.#kind,
      library: dialect.library,
      state: this.#states.size === 1 ? ([...this.#states][0] as BreakerState) : 'unknown',
      stateSeconds: this.#stateSeconds,
      calls: withoutIncluded(this.#calls, this.#includes),
      openings: this.#openings,
      figures,
    };
  }

  #noteState({ label, names }: NonNullable<Rule['state']>, { labels, value }: Sample): void {
    this.#isTold = true;
    if (label === undefined) {
      this.#states.add(namedBy(names, String(value)) ?? 'unknown');
      return this.#once('state');
    }
    const told = labels[label] ?? '';
    this.#once(`state ${told}`);
    if (value === 1) this.#states.add(namedBy(names, told) ?? 'unknown');
  }

  #noteTime({ label, names, perSecond = 1 }: NonNullable<Rule['stateSeconds']>, { labels, value }: Sample): void {
    this.#isTold = true;
    const state = namedBy(names, labels[label]) ?? 'unknown';
    add(this.#stateSeconds, state, value / perSecond);
    this.#once(`time ${labels[label]}`);
  }

  #noteOpenings(from: 'closed' | 'unknown', value: number): void {
    this.#isTold = true;
    this.#openings = { total: (this.#openings?.total ?? 0) + value, from };
    this.#once('openings');
  }

  /** The series of openings would be one of this metric, and appears with the first of them. */
  #assumeNoOpenings(metric: string, { rules }: Dialect): void {
    const appearing = rules.find((rule) => rule.openings?.appears && isFor(rule, metric));
    if (appearing?.openings) this.#openings = { total: 0, from: appearing.openings.from };
  }

  #noteCalls({ label, names, outcome, includes }: NonNullable<Rule['calls']>, { labels, value }: Sample): void {
    this.#isTold = true;
    const ended = label === undefined ? outcome : namedBy(names ?? {}, labels[label]);
    if (!ended) return;
    add(this.#calls, ended, value);
    this.#once(`calls ${label === undefined ? '' : labels[label]}`);
    if (includes) this.#includes = includes;
  }

  #once(said: string): void {
    if (this.#said.has(said)) this.isAmbiguous = true;
    this.#said.add(said);
  }
}

/** Own names only: a label value may be `constructor`. */
function namedBy<T>(names: Readonly<Record<string, T>>, told: string | undefined): T | undefined {
  return told !== undefined && Object.hasOwn(names, told) ? names[told] : undefined;
}

function isFor({ metric }: Rule, name: string): boolean {
  return typeof metric === 'string' ? metric === name : metric.test(name);
}

function add<K extends string>(totals: Partial<Record<K, number>>, key: K, value: number): void {
  totals[key] = (totals[key] ?? 0) + value;
}

/** A call has one outcome: what a source counts as a failure too is taken out of its failures. */
function withoutIncluded(calls: Observation['calls'], includes: readonly BreakerOutcome[]): Observation['calls'] {
  if (calls.failure === undefined || includes.length === 0) return calls;
  const failure = calls.failure - includes.reduce((sum, outcome) => sum + (calls[outcome] ?? 0), 0);
  return { ...calls, failure: failure < 0 ? undefined : failure } as Observation['calls'];
}
