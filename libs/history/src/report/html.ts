import type { DailyReport } from './daily-report.js';
import { reportLines, reportTables, reportTitle, type ReportTable } from './report-tables.js';

/** The report as a page that needs nothing else: no script, no other file. It prints on paper, and no script in it can run. */
export function reportHtml(report: DailyReport): string {
  const title = escaped(reportTitle(report));
  const lines = reportLines(report).map((line) => `<li>${escaped(line)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
<ul>
${lines.join('\n')}
</ul>
${reportTables(report).map(tableHtml).join('\n')}
</body>
</html>
`;
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d0d0d0; overflow-wrap: anywhere }
th { border-bottom: 2px solid #808080 }
h2 { margin-top: 2rem; break-after: avoid }
tr { break-inside: avoid }
thead { display: table-header-group }
@media print { body { font-size: 10px; margin: 0; max-width: none } }
`;

function tableHtml({ title, head, rows, empty }: ReportTable): string {
  const heading = `<h2>${escaped(title)}</h2>`;
  if (rows.length === 0) return `${heading}\n<p>${escaped(empty)}</p>`;
  const headCells = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const lines = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`);
  return `${heading}\n<table>\n<thead><tr>${headCells}</tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
