/** What a part of the process could not do before the end. */
export interface ShutdownReport {
  /** `bus publisher`. */
  readonly source: string;
  /** Records (or what `unit` names) that were accepted and not delivered. 0: all is well. */
  readonly undelivered: number;
  /** Default `records`. */
  readonly unit?: string;
}

/** Where parts report on closing, in `onApplicationShutdown` at the latest; anything undelivered makes the exit code 1. */
export class ShutdownReports {
  readonly #reports: ShutdownReport[] = [];

  add(report: ShutdownReport): void {
    this.#reports.push(report);
  }

  get all(): readonly ShutdownReport[] {
    return this.#reports;
  }
}
