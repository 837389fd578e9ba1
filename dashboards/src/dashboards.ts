import type { Artifact } from '@omninode/contracts';
import { dashboard } from './board.js';
import { alerts } from './boards/alerts.js';
import { breakers } from './boards/breakers.js';
import { caches } from './boards/caches.js';
import { database } from './boards/database.js';
import { kafka } from './boards/kafka.js';
import { mesh } from './boards/mesh.js';
import { overview } from './boards/overview.js';
import { requests } from './boards/requests.js';
import { runbooks } from './runbooks.js';

const boards = [overview, database, kafka, caches, breakers, requests, alerts, mesh];

/** The dashboards as files that Grafana reads. */
export function dashboardArtifacts(): Artifact[] {
  return boards.map((board) => ({
    path: `dashboards/grafana/${board.name}.json`,
    content: jsonText(dashboard(board, runbooks)),
  }));
}

const listOfPlainValues = /^(.*)\[\n((?:\s+(?:"(?:[^"\\]|\\.)*"|-?[\d.e+-]+|true|false|null),?\n)+)\s*\](,?)$/gm;
const longestLine = 120;

/** As the formatter of this repository writes JSON: a list of plain values stands on one line if it fits. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(
    listOfPlainValues,
    (list, before: string, items: string, after: string) => {
      const line = `${before}[${items.trim().replaceAll(/,\n\s+/g, ', ')}]${after}`;
      return line.length <= longestLine ? line : list;
    },
  );
  return `${text}\n`;
}
