export const incidentNames = ['dependency', 'pool', 'slow-query', 'cache-flush', 'dead-letters'] as const;
export type IncidentName = (typeof incidentNames)[number];
