/** Injection token of the `MeasurementIntake` that takes what came over HTTP; the application supplies it. */
export const MEASUREMENT_INTAKE = Symbol('omninode:measurement-intake');

/** A record of the measurement topic as it came, already decoded once without complaint. */
export interface IntakeRecord {
  /** Its entity. */
  readonly key: string;
  readonly contentType: string;
  /** The sender's own bytes. */
  readonly value: Buffer;
}

export interface MeasurementIntake {
  /**
   * Resolves when the bus has acknowledged all of them. Rejects with a coded error whose `retryable` says whether they may be sent
   * again; after a rejection any of them may or may not be on the bus.
   */
  accept(records: readonly IntakeRecord[]): Promise<void>;
}
