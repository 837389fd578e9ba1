// Rule files as large as one wants, over metrics with the labels `target` and `nth`: every series is read by a rule, by several
// where there are more rules than series. They look as rules do, and nothing that the benchmarks send makes them fire.

const gaugeWindows = ['last', 'last', 'avg', 'max', 'min', 'sum'];
const counterWindows = ['rate', 'increase'];

/**
 * `metrics`: each with its `name`, its `kind` and the values that its label `nth` has. `by`: labels that tell alerts of one rule
 * apart.
 */
export function ruleFile({ rules, metrics, by = ['target'] }) {
  const perMetric = Math.ceil(rules / metrics.length);
  const texts = Array.from({ length: rules }, (_, number) => {
    const { name, kind, values } = metrics[number % metrics.length];
    const part = Math.floor(number / metrics.length);
    const read = values.filter((_value, at) => at % perMetric === part % values.length);
    const windows = kind === 'counter' ? counterWindows : gaugeWindows;
    return ruleText({ number, metric: name, fn: windows[part % windows.length], read, by });
  });
  const declared = metrics.map(({ name, kind }) => `  ${name}: { kind: ${kind}, labels: [target, nth] }`);
  return `apiVersion: omninode/v1\nkind: RuleSet\nmetrics:\n${declared.join('\n')}\nrules:\n${texts.join('')}`;
}

function ruleText({ number, metric, fn, read, by }) {
  const where = JSON.stringify(read.map(String));
  return `  - name: Bench${number}
    signal: { metric: ${metric}, by: [${by.join(', ')}], where: { nth: ${where} } }
    window: { fn: ${fn}, over: ${number % 3 === 0 ? '1m' : '5m'} }
    levels: { warning: { fire: '> 1e12', clear: '< 9e11' }, critical: { fire: '> 1e13' } }
    for: 30s
    keepFiringFor: 1m
    annotations: { summary: 'It is {{ value }}.' }
    runbook: { meaning: It is high., look: At it., do: Wait. }
`;
}
