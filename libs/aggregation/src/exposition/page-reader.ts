/** What is wrong with a page by the rules of its format; empty when nothing is. As strict as the formats are, for tests. */
export function pageProblems(page: string, format: 'text' | 'openmetrics'): string[] {
  const problems: string[] = [];
  const lines = page.split('\n');
  if (lines.pop() !== '') problems.push('the last line is not ended');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') problems.push('it does not end with # EOF');
  const said = new Set<string>();
  const samples = new Set<string>();
  let family = { title: '', type: '', isOpen: false };
  let group = '';
  for (const line of lines) {
    const [, word, title, rest] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    if (title !== undefined) {
      if (said.has(`${word} ${title}`)) problems.push(`${word} ${title} stands twice`);
      said.add(`${word} ${title}`);
      if (title !== family.title) family = { title, type: '', isOpen: true };
      if (!family.isOpen) problems.push(`${word} of ${title} stands behind its samples`);
      if (word === 'TYPE') family.type = rest!;
      if (word === 'UNIT' && !title.endsWith(`_${rest}`))
        problems.push(`the unit of ${title} is not the end of its name`);
      continue;
    }
    const [plain = line, exemplar] = format === 'openmetrics' ? line.split(' # ') : [line];
    if (exemplar !== undefined && !isExemplar(plain, exemplar)) problems.push(`not an exemplar: ${line}`);
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(plain);
    if (!sample) {
      problems.push(`not a line: ${line}`);
      continue;
    }
    const [, name, labels = '', value] = sample;
    family.isOpen = false;
    if (!suffixesOf(family.type, format).some((suffix) => name === family.title + suffix)) {
      problems.push(`${name} does not belong to the ${family.type} ${family.title}`);
    }
    const sorted =
      labels
        .match(/\w+="(?:[^"\\]|\\.)*"/g)
        ?.sort()
        .join() ?? '';
    if (/(?<!instance)="",?/.test(sorted)) problems.push(`a label without a value: ${line}`);
    if (samples.has(`${name} ${sorted}`)) problems.push(`twice: ${name}{${sorted}}`);
    samples.add(`${name} ${sorted}`);
    if (Number.isNaN(Number(value!.replace('Inf', 'Infinity')))) problems.push(`not a number: ${line}`);
    // OpenMetrics wants the samples of one label set together.
    const own = `${family.title} ${sorted.replace(/,?le="[^"]*"/, '')}`;
    if (own !== group && samples.has(`group ${own}`) && format === 'openmetrics') problems.push(`torn apart: ${own}`);
    samples.add(`group ${own}`);
    group = own;
  }
  return problems;
}

/** Behind buckets only, with at most 128 characters of labels, a value within the bucket and a time. */
function isExemplar(sample: string, exemplar: string): boolean {
  const [, labels, value] = /^\{(\w+="[^"\\\n]*")\} (\S+) \d+(?:\.\d+)?$/.exec(exemplar) ?? [];
  const bound = Number(/_bucket\{.*le="([^"]*)"/.exec(sample)?.[1]?.replace('Inf', 'Infinity'));
  return labels !== undefined && labels.length <= 128 && Number(value) <= bound;
}

/** The page without the empty `instance` that every series of the mesh has, so that expected pages read well. */
export function withoutInstance(page: string): string {
  return page.replaceAll(/instance="",|,?instance=""/g, '').replaceAll('{}', '');
}

function suffixesOf(type: string, format: 'text' | 'openmetrics'): readonly string[] {
  const created = format === 'openmetrics' ? ['_created'] : [];
  if (type === 'histogram') return ['_bucket', '_sum', '_count', ...created];
  if (type === 'counter' && format === 'openmetrics') return ['_total', ...created];
  return type === '' ? [] : [''];
}
