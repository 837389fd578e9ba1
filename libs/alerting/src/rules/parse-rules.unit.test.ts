import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleCatalogue } from '../testing/sample-alerts.js';
import { parseRules } from './parse-rules.js';

const options = { file: 'pool.yaml', catalogue: sampleCatalogue, runbooksUrl: 'http://mesh/' };

const good = `apiVersion: omninode/v1
kind: RuleSet
defaults: { for: 30s, labels: { team: platform } }
rules:
  - name: PoolNearlyExhausted
    signal: { metric: omninode_active_connections, per: omninode_max_connections, op: ratio, by: [target, pool] }
    window: { fn: avg, over: 60s }
    levels:
      warning: { fire: "> 0.8", clear: "< 0.7" }
      critical: { fire: "> 0.9" }
    annotations: { summary: "{{ labels.target }}: {{ value | percent }}" }
`;

test('a good file becomes rules; what a rule leaves out is taken from the defaults', () => {
  const { rules, problems } = parseRules(good, options);
  expect(problems).toEqual([]);
  expect(rules[0]).toMatchObject({
    name: 'PoolNearlyExhausted',
    line: 5,
    forMs: 30_000,
    labels: { team: 'platform' },
    noData: { afterMs: 300_000, as: 'noData' },
    annotations: { runbook_url: { text: 'http://mesh/PoolNearlyExhausted' } },
  });
});

test('the version of a rule changes with what decides or is told, and with nothing else', () => {
  const versionOf = (text: string) => parseRules(text, options).rules[0]!.version;
  expect(versionOf(`# a comment\n${good}`)).toBe(versionOf(good));
  expect(versionOf(good.replace('> 0.9', '> 0.95'))).not.toBe(versionOf(good));
  expect(versionOf(good.replace('for: 30s', 'for: 31s'))).not.toBe(versionOf(good));
});

test.for([
  ['a key', 'fn: avg, over', 'fn: avg, ovr', 7, 'rules[0].window.ovr', 'did you mean over?'],
  ['a key of a rule', 'annotations:', 'anotations:', 11, 'rules[0].anotations', 'did you mean annotations?'],
  ['a function', 'fn: avg', 'fn: averge', 7, 'rules[0].window.fn', undefined],
  [
    'a metric',
    'omninode_active_connections',
    'omninode_active_conections',
    6,
    'rules[0].signal.metric',
    'did you mean omninode_active_connections?',
  ],
  ['a label', '[target, pool]', '[target, pol]', 6, 'rules[0].signal.by[1]', 'did you mean pool?'],
  ['a condition', '"> 0.8"', '"above 0.8"', 9, 'rules[0].levels.warning.fire', undefined],
  ['a duration', 'over: 60s', 'over: 60', 7, 'rules[0].window.over', undefined],
  ['a whose it is', '[target, pool]', '[pool]', 6, 'rules[0].signal.by', 'add target'],
  [
    'a place in a text',
    '{{ value | percent }}',
    '{{ value | per cent }}',
    11,
    'rules[0].annotations.summary',
    'write {{ value }}, {{ value | percent }} or {{ labels.target }}',
  ],
  ['a label in a text', 'labels.target', 'labels.taget', 11, 'rules[0].annotations.summary', 'did you mean target?'],
  ['a function that does not fit', 'fn: avg', 'fn: increase', 7, 'rules[0].window.fn', undefined],
  ['the kind of file', 'omninode/v1', 'omninode/v9', 1, 'apiVersion', undefined],
] as const)('%s that is wrong is told with its place and what was meant', ([, from, to, line, path, suggestion]) => {
  const { rules, problems } = parseRules(good.replace(from, to), options);
  expect(rules).toEqual([]);
  expect(problems.map((problem) => [problem.line, problem.path, problem.suggestion])).toContainEqual([
    line,
    path,
    suggestion,
  ]);
});

test('a file that is no YAML, or unfolds without end, is a problem and nothing else', () => {
  expect(parseRules('rules: [', options).problems[0]).toMatchObject({ file: 'pool.yaml', line: 1, path: '' });
  expect(parseRules('a: 1\na: 2\n', options).problems[0]?.line).toBe(2);
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1,1]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(',')}]`).join('\n')}\n`;
  expect(parseRules(bomb, options).problems).toHaveLength(1);
  expect(parseRules('x'.repeat(1_000_001), options).problems).toHaveLength(1);
});

test('two rules of one name, and a metric of one’s own', () => {
  const twice = good + good.slice(good.indexOf('  - name'));
  expect(parseRules(twice, options).problems[0]).toMatchObject({ line: 12, path: 'rules[1].name' });
  const own = good
    .replace('defaults:', 'metrics: { shop_orders: { kind: gauge, labels: [shop] } }\ndefaults:')
    .replace(/signal: .*/, 'signal: { metric: shop_orders, by: [shop] }')
    .replace('labels.target', 'labels.shop');
  expect(parseRules(own, options).problems).toEqual([]);
});

test('whatever a file holds, reading it ends with rules or with problems', () => {
  const cut = fc.tuple(fc.nat(good.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 12 }));
  fc.assert(
    fc.property(cut, ([from, length, inserted]) => {
      const { rules, problems } = parseRules(good.slice(0, from) + inserted + good.slice(from + length), options);
      expect(rules.length === 0 || problems.length === 0).toBe(true);
      for (const { line, column } of problems) expect(line > 0 && column > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
