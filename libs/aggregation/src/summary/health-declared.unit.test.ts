import type { AlertRecord, FamilyStatus } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { defaultHealthRules, type HealthRules } from './health-rules.js';
import { meshHealth } from './health.js';
import type { BreakerSummary, PartitionSummary, TargetSummary } from './summary.js';

const nowMs = 10_000_000;

describe('targets', () => {
  const down = target('cache-1', 'unreachable');

  test('one of which little depends only degrades, by rule and by its own label', () => {
    expect(judge([down]).health).toBe('critical');
    const rules = { targets: [{ match: { kind: 'database' }, criticality: 'low' }] } as const;
    expect(judge([down], { rules }).health).toBe('degraded');
    expect(judge([{ ...down, labels: { criticality: 'low' } }]).health).toBe('degraded');
    expect(judge([down], { rules }).targets[0]?.health, 'by itself it is as it is').toBe('critical');
  });

  test('one that is ignored is shown and counts for nothing', () => {
    const rules = { targets: [{ match: { labels: { env: 'test' } }, criticality: 'ignored' }] } as const;
    const { health, targets, reasons } = judge([{ ...down, labels: { env: 'test' } }, target('a')], { rules });
    expect([health, reasons, targets.map((each) => each.health)]).toEqual(['healthy', [], ['healthy', 'critical']]);
  });

  test('a reason says since when, and where more of it stands', () => {
    expect(judge([down]).reasons).toEqual([
      {
        component: 'database/cache-1',
        health: 'critical',
        reason: 'because',
        sinceMs: nowMs,
        link: '/api/v1/targets/cache-1',
      },
    ]);
  });
});

describe('a group', () => {
  const rules = {
    groups: [{ name: 'replicas', match: { kind: 'database' }, minimumShare: 0.5, weights: { big: 3 } }],
    connectivity: { ...defaultHealthRules.connectivity, minimumTargets: 99 },
  };

  test.each<[string, TargetSummary[], string]>([
    ['all serve', [target('a'), target('b')], 'healthy'],
    ['half of it serves', [target('a'), target('b', 'unreachable')], 'degraded'],
    ['less than the minimum serves', [target('a'), target('big', 'unreachable')], 'critical'],
    ['the heavy one serves', [target('big'), target('a', 'unreachable'), target('b', 'unreachable')], 'degraded'],
    ['nobody knows whether enough serve', [target('a'), target('big', 'auth_failed')], 'unknown'],
    ['nobody is there', [], 'unknown'],
  ])('where %s', (_, targets, expected) => {
    const { health, reasons } = judge(targets, { rules });
    expect(health).toBe(expected);
    expect(reasons.some(({ component }) => component === 'group/replicas')).toBe(expected !== 'healthy');
  });
});

describe('breakers', () => {
  const open = (criticality: BreakerSummary['criticality'], state: BreakerSummary['state'] = 'open') =>
    judge([target('a')], { breakers: [{ entity: 'shop', component: 'pay', criticality, state, sinceMs: 5 }] });

  test.each([
    ['critical', 'critical'],
    ['high', 'degraded'],
    ['unspecified', 'degraded'],
    ['low', 'healthy'],
  ] as const)('an open one of criticality %s makes the mesh %s', (criticality, expected) => {
    expect(open(criticality).health).toBe(expected);
  });

  test('one that is held open by hand, or tries itself, only degrades', () => {
    expect(open('critical', 'forced_open').health).toBe('degraded');
    expect(open('critical', 'half_open').reasons[0]).toMatchObject({
      component: 'breaker/pay',
      sinceMs: 5,
      reason: 'The breaker pay of shop is half open and tries whether it may close; its criticality is critical.',
    });
  });
});

describe('alerts', () => {
  test.each([
    ['critical', 'firing', 'critical'],
    ['warning', 'firing', 'degraded'],
    ['info', 'firing', 'healthy'],
    ['critical', 'pending', 'healthy'],
    ['critical', 'resolved', 'healthy'],
  ] as const)('%s and %s makes its component %s', (severity, state, expected) => {
    const { health, targets } = judge([target('a')], { alerts: [alert({ severity, state, labels: { target: 'a' } })] });
    expect([health, targets[0]?.health]).toEqual([expected, expected]);
  });

  test('about a target of which little depends only degrades the mesh', () => {
    const low = { ...target('a'), labels: { criticality: 'low' } };
    expect(judge([low], { alerts: [alert({ labels: { target: 'a' } })] }).health).toBe('degraded');
  });

  test('links to what explains it, and never to what a browser would run', () => {
    const reasonOf = (runbook_url: string) =>
      judge([target('a')], { alerts: [alert({ annotations: { runbook_url, summary: 'Pool is full.' } })] }).reasons[0];
    expect(reasonOf('https://runbooks.example/pool')).toEqual({
      component: 'service/shop',
      health: 'critical',
      reason: 'PoolFull: Pool is full.',
      sinceMs: 7,
      link: '/api/v1/alerts/00112233445566aa/explain',
      runbook: 'https://runbooks.example/pool',
    });
    for (const bad of ['javascript:alert(1)', '//evil.example', 'data:text/html,x'])
      expect(reasonOf(bad)).not.toHaveProperty('runbook');
  });
});

describe('when we may be blind', () => {
  const lost = ['a', 'b', 'c', 'd'].map((id, at) => target(id, 'unreachable', { sinceMs: nowMs - at * 20_000 }));

  test('most targets of a kind lost at once are one reason, and unknown', () => {
    const { health, reasons, targets } = judge([...lost, target('e')], {
      alerts: [alert({ labels: { target: 'a' } })],
    });
    expect(health).toBe('unknown');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatchObject({
      component: 'mesh/database-collector',
      sinceMs: nowMs - 60_000,
      reason: expect.stringContaining('4 of 5 database targets were lost within 60 s of each other') as string,
    });
    expect(targets.map((each) => each.health)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'healthy']);
  });

  test('silence counts as lost', () => {
    const silent = lost.map((each) => ({ ...each, families: [], lastDataMs: nowMs - 61_000 }));
    expect(judge(silent).reasons.map(({ component }) => component)).toEqual(['mesh/database-collector']);
  });

  test.each([
    ['fewer than most', [...lost.slice(0, 3), target('e'), target('f')]],
    ['over hours', lost.map((each, at) => ({ ...each, families: [{ ...each.families[0]!, sinceMs: at * 1e6 }] }))],
    ['of a kind with few targets', lost.slice(0, 2)],
  ])('%s are each what they are', (_, targets) => {
    expect(judge(targets).health).toBe('critical');
  });
});

interface Given {
  readonly rules?: Partial<HealthRules>;
  readonly alerts?: readonly AlertRecord[];
  readonly breakers?: readonly BreakerSummary[];
}

function judge(targets: readonly TargetSummary[], { rules = {}, alerts = [], breakers = [] }: Given = {}) {
  const limits = { targetStaleMs: 60_000, summaryStaleMs: 30_000, partitions: 1 };
  const summary: PartitionSummary = {
    version: 1,
    partition: 0,
    owner: 'aggregator-1',
    atMs: nowMs,
    nextOffset: 1,
    endOffset: 1,
    ledger: {
      received: 1,
      applied: 1,
      duplicate: 0,
      fenced: 0,
      deadLettered: 0,
      skipped: 0,
      unverified: 0,
      missing: 0,
      dropped: 0,
      latePoints: 0,
      rejectedPoints: 0,
    },
    gaps: [],
    series: { live: 1, expired: 0, refused: 0 },
    targets,
    breakers,
  };
  return meshHealth([summary], nowMs, { ...limits, rules: { ...defaultHealthRules, ...rules } }, alerts);
}

function target(id: string, status: FamilyStatus = 'ok', { sinceMs = nowMs } = {}): TargetSummary {
  const reason = status === 'ok' ? '' : 'because';
  return { id, kind: 'database', lastDataMs: nowMs, families: [{ family: 'availability', status, reason, sinceMs }] };
}

function alert(given: Partial<AlertRecord>): AlertRecord {
  return {
    v: 1,
    fingerprint: '00112233445566aa',
    name: 'PoolFull',
    state: 'firing',
    severity: 'critical',
    labels: { service_name: 'shop' },
    annotations: {},
    startsAt: 7,
    ruleVersion: '1',
    time: 7,
    ...given,
  };
}
