import { hourMs } from '../keeper/hours.js';

export const slotsPerWeek = 168;
/** 1970 began on a Thursday: three days into a week that begins on Monday. */
const hoursIntoWeek = 72;

/** The hour of the week, in UTC: 0 is Monday 00:00, 167 Sunday 23:00. */
export function slotOf(timeMs: number): number {
  return (Math.floor(timeMs / hourMs) + hoursIntoWeek) % slotsPerWeek;
}

/** Weeks since 1970, from Monday to Sunday in UTC. */
export function weekOf(timeMs: number): number {
  return Math.floor((Math.floor(timeMs / hourMs) + hoursIntoWeek) / slotsPerWeek);
}
