import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricCatalogue, Rule, RuleProblem } from '@omninode/alerting';
import type { WorkerLog } from '../partition-worker.js';
import { readRuleFolders, stampOf, type RuleFolder } from './rule-files.js';

export interface RuleBookOptions {
  readonly folders: readonly RuleFolder[];
  readonly catalogue: MetricCatalogue;
  readonly runbooksUrl: string;
  readonly reloadEveryMs: number;
  nowMs(): number;
  readonly log: WorkerLog;
}

/**
 * The rules in force, as their files say. The files are looked at again and again: while any of them has a mistake, the rules before
 * stay in force, all of them, and the mistakes are told.
 */
export class RuleBook {
  rules: readonly Rule[] = [];
  /** Of the latest reading; empty when its rules are in force. */
  problems: readonly RuleProblem[] = [];
  /** Grows with each set of rules that comes into force. */
  generation = 0;
  /** When the files were read last, and when the rules in force came into force, ms since 1970 UTC. */
  readMs = 0;
  loadedMs = 0;
  private stamp = '';
  private reading: Promise<void> | undefined;
  private readonly stopped = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: RuleBookOptions) {}

  /** Whether all files are in force: if not, alerts of rules that are not there may still be somebody's. */
  get isComplete(): boolean {
    return this.generation > 0 && this.problems.length === 0;
  }

  /** Resolves once the files have been read. */
  ready(): Promise<void> {
    return (this.reading ??= this.reload());
  }

  /** Begins to look at the files. */
  start(): void {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.watching;
  }

  /** Reads the files if they have changed. */
  async reload(): Promise<void> {
    const { folders, catalogue, runbooksUrl, nowMs } = this.options;
    if (this.readMs > 0 && (await stampOf(folders)) === this.stamp) return;
    const read = await readRuleFolders(folders, { catalogue, runbooksUrl });
    this.stamp = read.stamp;
    this.readMs = nowMs();
    const isFirst = this.generation === 0;
    this.report(read.problems, isFirst);
    this.problems = read.problems;
    // At the start there are no rules before: those of the files without mistakes are better than none.
    if (read.problems.length > 0 && !isFirst) return;
    this.rules = read.rules;
    this.loadedMs = this.readMs;
    this.generation++;
  }

  private async watch(): Promise<void> {
    await this.ready();
    while (!this.stopped.signal.aborted) {
      await sleep(this.options.reloadEveryMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      if (!this.stopped.signal.aborted) await this.reload();
    }
  }

  private report(problems: readonly RuleProblem[], isFirst: boolean): void {
    const { log } = this.options;
    if (problems.length === 0) {
      if (!isFirst) log.info('The rules were read anew and are in force.');
      return;
    }
    for (const { file, line, column, path, problem, suggestion } of problems.slice(0, 20)) {
      const sentence = isFirst
        ? 'A rule file has a mistake; its rules are not in force.'
        : 'A rule file has a mistake; the rules before stay in force.';
      log.warn(sentence, { at: `${file}:${line}:${column}`, path, problem, suggestion });
    }
  }
}
