import type { DailyReport } from './daily-report.js';
import { reportLines, reportTables, reportTitle, type ReportTable } from './report-tables.js';

/** The report in Markdown. What targets and services supplied stands there as text, whatever it looks like. */
export function reportMarkdown(report: DailyReport): string {
  const lines = reportLines(report).map((line) => `- ${escaped(line)}`);
  const tables = reportTables(report).map(tableText);
  return `${[`# ${escaped(reportTitle(report))}`, lines.join('\n'), ...tables].join('\n\n')}\n`;
}

function tableText({ title, head, rows, empty }: ReportTable): string {
  const heading = `## ${escaped(title)}`;
  if (rows.length === 0) return `${heading}\n\n${escaped(empty)}`;
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(escaped))];
  return `${heading}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

/** Characters that mean something in Markdown or HTML, and line ends, which would end a row. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#!|~]/g, '\\$&');
}
