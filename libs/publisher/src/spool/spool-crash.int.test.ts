import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drain, everything, identitiesOf, SpoolRig } from '../fault-injection/spool-rig.js';
import type { OutgoingRecord } from '../outgoing.js';
import { openFirstFree } from './spool-folders.js';

let rig: SpoolRig;
beforeEach(() => {
  rig = new SpoolRig();
});
afterEach(() => rig.remove());

function oneSegment(): string {
  return join(rig.directory, '0', rig.segmentFiles()[0]!);
}

describe('a crash', () => {
  test('in the middle of a write leaves every whole record', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(5);
    await spool.append(records);
    await spool.close();
    const whole = readFileSync(oneSegment());
    const lastFrame = whole.length - records.at(-1)!.value.length;
    for (const cut of [whole.length - 1, lastFrame, lastFrame - 40, lastFrame - 55, 9, 3, 0]) {
      writeFileSync(oneSegment(), whole.subarray(0, cut));
      const next = await rig.reopen(spool);
      const found = await drain(next);
      expect(identitiesOf(found)).toEqual(identitiesOf(records).slice(0, found.length));
      if (cut > 500) expect(found).toHaveLength(5);
      await next.close();
      writeFileSync(join(rig.directory, '0', '00000001.v1.segment'), whole);
    }
  });

  test('or a damaged disk costs the records from the damage on, counted in bytes, none is wrong', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(5);
    await spool.append(records);
    await spool.close();
    const whole = readFileSync(oneSegment());
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x55;
      writeFileSync(join(rig.directory, '0', '00000001.v1.segment'), damaged);
      const next = await rig.reopen(spool);
      const found = await drain(next);
      expect(found.map(({ value }) => value)).toEqual(records.slice(0, found.length).map(({ value }) => value));
      expect(found.length).toBeLessThan(records.length);
      expect(rig.counts.damagedSpoolBytes).toBeGreaterThan(0);
      await next.close();
    }
  });

  test('leaves segments behind the torn one readable', async () => {
    const spool = await rig.open({ segmentBytes: 1_000 });
    const records = rig.recordsOf(20);
    for (const record of records) await spool.append([record]);
    await spool.close();
    const [first, ...others] = rig.segmentFiles();
    truncateSync(join(rig.directory, '0', first!), 900);
    appendFileSync(join(rig.directory, '0', others.at(-1)!), Buffer.from([0, 0, 0]));
    const found = await drain(await rig.reopen(spool));
    expect(found.at(-1)!.sequence).toBe(21);
    expect(rig.counts.damagedSpoolBytes).toBeGreaterThan(3);
  });
});

function disk(): string {
  return join(rig.directory, 'disk');
}

describe('a full disk', () => {
  let mounted = false;

  beforeEach((context) => {
    mkdirSync(disk());
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk()], { stdio: 'pipe' });
      mounted = true;
    } catch (error) {
      context.skip(
        `a tmpfs can't be mounted here; run the test as root with the right to mount (${String(error).split('\n')[1]})`,
      );
    }
  });
  afterEach(() => {
    if (mounted) execFileSync('umount', [disk()]);
    mounted = false;
  });

  test('takes whole appends or nothing, and works again when there is room', async () => {
    const options = rig.options({ maxBytes: 10_000_000, segmentBytes: 50_000 });
    const spool = await openFirstFree(disk(), options);
    const records = rig.recordsOf(400, 'database/orders-db', 20);
    const kept: OutgoingRecord[] = [];
    const refused: unknown[] = [];
    for (const record of records) {
      await spool.append([record]).then(
        () => kept.push(record),
        (error: unknown) => refused.push(error),
      );
    }
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({
      code: 'SPOOL_WRITE_FAILED',
      retryable: true,
      message: expect.stringContaining('ENOSPC'),
    });
    expect(kept.length).toBeGreaterThan(10);

    const first = await spool.head(everything);
    await spool.advance(first.length);
    const rest = rig.recordsOf(2, 'database/stock-db');
    await spool.append(rest);
    const found = [...first, ...(await drain(spool))].filter(({ isCopy }) => !isCopy);
    expect(identitiesOf(found)).toEqual(identitiesOf([...kept, ...rest]));
    expect(rig.counts.damagedSpoolBytes).toBe(0);
    await spool.close();
  });
});
