import type { KnownMetric } from './catalogue.js';
import { hashOf } from './hash.js';
import { readMatchers, type MatchersForm } from './matchers.js';
import { nearest } from './nearest.js';
import type { Path, Places, RuleProblem } from './problem.js';
import type { RuleFileForm, RuleForm } from './rule-file.js';
import { severities, type Rule, type SignalSide } from './rule.js';
import { readTests } from './rule-tests.js';
import { readTemplate, type Template } from './template.js';
import { unfitWindow } from './window-fit.js';

export interface CompileContext {
  readonly path: Path;
  readonly places: Places;
  readonly file: string;
  readonly catalogue: ReadonlyMap<string, KnownMetric>;
  readonly defaults: RuleFileForm['defaults'];
  readonly runbooksUrl: string;
}

/** A rule of a file, once its names are known to exist; `undefined` when something is wrong with it. */
export function compileRule(
  form: RuleForm,
  context: CompileContext,
): { rule?: Rule; problems: readonly RuleProblem[] } {
  const { path, places, defaults, file, runbooksUrl } = context;
  const problems: RuleProblem[] = [];
  const report = (inside: Path, problem: string, suggestion?: string) =>
    void problems.push(places.problem([...path, ...inside], problem, suggestion));

  const signal = readSignal(form, context, report);
  const annotations = readAnnotations(form, context, report);
  const tests = readTests(form, context.catalogue, report);
  if (signal) {
    const unfit = unfitWindow(signal.main, signal.per, form.window);
    if (unfit) report(['window', 'fn'], unfit);
  }
  if (form.window.fn === 'quantile' && form.window.q === undefined) report(['window'], 'quantile needs q', 'q: 0.95');
  if (!signal || problems.length > 0) return { problems };

  const levels = severities.flatMap((severity) => {
    const level = form.levels[severity];
    return level ? [{ severity, fire: level.fire, clear: level.clear }] : [];
  });
  const { after: afterMs, as } = form.noData ?? defaults.noData ?? { after: 300_000, as: 'noData' as const };
  const flap = form.flap ?? defaults.flap;
  const decides = {
    signal: { ...signal, by: form.signal.by, minVolume: form.signal.minVolume },
    window: { fn: form.window.fn, overMs: form.window.over, q: form.window.q ?? 0 },
    levels,
    forMs: form.for ?? defaults.for ?? 0,
    keepFiringForMs: form.keepFiringFor ?? defaults.keepFiringFor ?? 0,
    minSamples: form.minSamples ?? defaults.minSamples ?? 1,
    noData: { afterMs, as },
    flap: flap && { overMs: flap.over, high: flap.high, low: flap.low },
    dependsOn: form.dependsOn,
    maxInstances: form.maxInstances ?? defaults.maxInstances ?? 500,
    labels: { ...defaults.labels, ...form.labels },
  };
  const version = hashOf(JSON.stringify([form.name, decides, form.annotations, runbooksUrl]));
  const { name, runbook } = form;
  const line = places.lineOf(path);
  return { rule: { name, file, line, version, ...decides, annotations, runbook, tests }, problems };
}

type Report = (inside: Path, problem: string, suggestion?: string) => void;

function readSignal(
  { signal }: RuleForm,
  { catalogue }: CompileContext,
  report: Report,
): { main: SignalSide; per: SignalSide | undefined } | undefined {
  const main = side(catalogue, signal.metric, 'metric', report);
  const per = signal.per === undefined ? undefined : side(catalogue, signal.per, 'per', report);
  if (signal.op === 'ratio' && signal.per === undefined) report(['signal', 'op'], 'a ratio needs per', 'per: <metric>');
  if (signal.op === 'value' && signal.per !== undefined)
    report(['signal', 'op'], 'with per it is a ratio', 'op: ratio');
  if (signal.perWhere && signal.per === undefined)
    report(['signal', 'perWhere'], 'there is no per that it could choose of');
  if (!main || (signal.per !== undefined && !per)) return undefined;
  checkLabels(signal.where, main, ['signal', 'where'], report);
  if (per) checkLabels(signal.perWhere, per, ['signal', 'perWhere'], report);
  for (const [at, label] of signal.by.entries()) {
    for (const metric of per ? [main, per] : [main]) {
      if (!metric.labels.includes(label))
        report(['signal', 'by', at], `${metric.name} has no label ${label}`, nearLabel(label, metric));
    }
  }
  for (const label of main.entityLabels) {
    if (!signal.by.includes(label)) {
      const why = `series of ${main.name} belong to what ${label} names, and are judged where they lie: an alert is about one of them`;
      report(['signal', 'by'], why, `add ${label}`);
    }
  }
  return {
    main: { metric: main.name, kind: main.kind, where: readMatchers(signal.where) },
    per: per && { metric: per.name, kind: per.kind, where: readMatchers(signal.perWhere) },
  };
}

interface NamedMetric extends KnownMetric {
  readonly name: string;
}

function side(
  catalogue: ReadonlyMap<string, KnownMetric>,
  name: string,
  field: string,
  report: Report,
): NamedMetric | undefined {
  const known = catalogue.get(name);
  if (known) return { name, ...known };
  const near = nearest(name, catalogue.keys());
  report(
    ['signal', field],
    `there is no metric ${name}`,
    near ? `did you mean ${near}?` : 'docs/reference/metrics.md lists ours; declare your own under metrics',
  );
  return undefined;
}

function checkLabels(where: MatchersForm | undefined, metric: NamedMetric, path: Path, report: Report): void {
  for (const label of Object.keys(where ?? {})) {
    if (!metric.labels.includes(label))
      report([...path, label], `${metric.name} has no label ${label}`, nearLabel(label, metric));
  }
}

function nearLabel(label: string, { labels }: NamedMetric): string {
  const near = nearest(label, labels);
  if (near) return `did you mean ${near}?`;
  return labels.length > 0 ? `there are ${labels.join(', ')}` : 'it has no labels';
}

function readAnnotations(form: RuleForm, { runbooksUrl }: CompileContext, report: Report): Record<string, Template> {
  const texts = { summary: `${form.name} fires.`, runbook_url: `${runbooksUrl}${form.name}`, ...form.annotations };
  const annotations: Record<string, Template> = {};
  for (const [name, text] of Object.entries(texts)) {
    const read = readTemplate(text);
    if (read.ok) annotations[name] = read.template;
    else report(['annotations', name], `${read.found} can not be filled in`, read.problem);
    if (!read.ok) continue;
    const known = new Set([...form.signal.by, ...Object.keys(form.labels ?? {}), 'alertname', 'entity']);
    for (const part of read.template.parts) {
      if ('label' in part && !known.has(part.label))
        report(
          ['annotations', name],
          `alerts of this rule have no label ${part.label}`,
          nearLabelIn(part.label, known),
        );
    }
  }
  return annotations;
}

function nearLabelIn(label: string, known: ReadonlySet<string>): string {
  const near = nearest(label, known);
  return near ? `did you mean ${near}?` : `add ${label} to by`;
}
