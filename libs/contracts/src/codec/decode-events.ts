import type { MeasurementEvent, RejectedPoint } from '../measurement.js';
import { isEventName, isObject, isPlainObject, isTime } from './forms.js';
import { limits } from './limits.js';

/** Reads events; those that are not of their form are left out and listed. `fields`: what the encoding calls the list and the time. */
export function readEvents(
  entries: readonly unknown[],
  fields: { readonly list: string; readonly time: string },
  rejected: RejectedPoint[],
): MeasurementEvent[] {
  const events: MeasurementEvent[] = [];
  for (const [at, entry] of entries.entries()) {
    const event = readEvent(entry, fields.time);
    if (event) events.push(event);
    else rejected.push({ code: 'invalid_event', path: `${fields.list}[${at}]` });
    if (rejected.length > limits.rejectedPoints) break;
  }
  return events;
}

function readEvent(entry: unknown, timeField: string): MeasurementEvent | undefined {
  if (!isObject(entry)) return undefined;
  const { name, attributes } = entry;
  const timeMs = entry[timeField];
  if (!isEventName(name) || !isTime(timeMs) || !isPlainObject(attributes)) return undefined;
  return { name, timeMs, attributes };
}
