import type { Bus, Topics } from '@omninode/contracts';
import type { MeasurementIntake } from '@omninode/mesh-api';

/** Puts what came over HTTP on the measurement topic, as if its sender had. */
export function busIntake(bus: Bus, { measurement }: Topics): MeasurementIntake {
  return {
    async accept(records) {
      await bus.publish(
        records.map(({ key, contentType, value }) => ({
          topic: measurement,
          key,
          value,
          headers: { 'content-type': contentType },
        })),
      );
    },
  };
}
