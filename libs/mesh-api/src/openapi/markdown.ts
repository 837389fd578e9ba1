import { openApiDocument, type JsonObject } from './document.js';
import type { Route } from './route.js';

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
  }[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

/** The reference page of the HTTP API, in Markdown, made from the routes. */
export function apiReference(routes: readonly Route[]): string {
  const { paths } = openApiDocument(routes) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  };
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation as unknown as Operation)),
  );
  return `${introduction}\n\n${sections.join('\n\n')}\n`;
}

const introduction = `# HTTP API

The answers with all their fields: [openapi.json](api/openapi.json), served at \`/api/v1/openapi.json\`, and for people at \`/api\`. How to use it, with examples: [how-to](../how-to/http-api.md).

Errors are \`{ "error": { "code", "message" } }\`: 400 names the parameter that can't be used, 401 asks for a token, 403 wants another role, 429 asks to come back. Times are RFC 3339 in UTC. What nobody knows is null or absent, never 0.`;

function section(
  method: string,
  path: string,
  { summary, description, parameters = [], responses }: Operation,
): string {
  const rows = parameters.map((parameter) => [
    `\`${parameter.name}\``,
    parameter.in + (parameter.required ? ', required' : ''),
    parameter.description ?? '',
  ]);
  const answers = Object.entries(responses)
    .filter(([, answer]) => answer.description !== undefined)
    .map(([status, answer]) => `- \`${status}\`: ${answer.description}`);
  return [
    `## ${method.toUpperCase()} ${path}`,
    `${summary} ${description}`,
    ...(rows.length > 0 ? [table(['parameter', 'in', 'meaning'], rows)] : []),
    answers.join('\n'),
  ].join('\n\n');
}

/** Written as the formatter would leave it: cells padded to the width of their column. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(all[0]!), line(widths.map((width) => '-'.repeat(width))), ...all.slice(1).map(line)].join('\n');
}
