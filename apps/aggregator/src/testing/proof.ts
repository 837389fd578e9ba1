import { ledgerOf, loadValues, quietLedger, type LedgerAnswer, type MeshProcess } from '@omninode/testing';
import { expect } from 'vitest';
import type { MeshOnKafka } from './mesh-on-kafka.js';

/** How many partitions each replica owns, as this one says of the mesh; the others' names are hidden behind their numbers. */
export async function shares(replica: MeshProcess): Promise<readonly number[]> {
  const { partitions: owned } = await ledgerOf(replica);
  const now = Date.now();
  const fresh = owned.filter(({ as_of: asOf }) => now - Date.parse(asOf) < 3_000);
  return [...Map.groupBy(fresh, ({ owner }) => owner).values()].map(({ length }) => length).sort((a, b) => b - a);
}

/** Waits until the partitions are shared like this. */
export async function untilShared(mesh: MeshOnKafka, wanted: readonly number[], timeout = 60_000): Promise<void> {
  const [first] = mesh.aggregators;
  await expect.poll(() => shares(first!), { timeout, interval: 300 }).toEqual(wanted);
}

/**
 * Ends the load and holds the mesh against what the producers know: every series has their last value on exactly one replica,
 * the ledger closes on each with nothing missing, and no scrape on the way saw a counter fall.
 */
export async function proveNothingLost(mesh: MeshOnKafka): Promise<LedgerAnswer> {
  await mesh.load.finish();
  for (const replica of mesh.aggregators) await quietLedger(replica);
  // Each replica tells of itself every now and then, so the answers are compared until none of that is under way.
  const ledgers = () => Promise.all(mesh.aggregators.map(ledgerOf));
  const pictures = async () => new Set((await ledgers()).map(({ totals }) => JSON.stringify(totals)));
  await expect.poll(pictures, { timeout: 60_000, interval: 700 }).toHaveProperty('size', 1);
  const [ledger] = (await ledgers()) as [LedgerAnswer];
  const { received, applied, duplicate, fenced, dead_lettered: dead, skipped, missing } = ledger.totals;
  expect(missing).toBe(0);
  expect(received).toBe(applied + duplicate + fenced + dead + skipped);
  expect(applied).toBeGreaterThanOrEqual(mesh.load.acknowledged);

  const shown = await Promise.all(mesh.aggregators.map(loadValues));
  const all = shown.flatMap((values) => [...values]);
  expect(all).toHaveLength(mesh.load.written.size);
  expect(new Map(all)).toEqual(mesh.load.written);
  expect(mesh.watch.falls).toEqual([]);
  return ledger;
}
