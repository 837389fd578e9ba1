import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from './panels/panel.js';
import { variables, type Choice } from './variables.js';

/** A dashboard as it is written down. */
export interface Board {
  /** File name and end of the uid: never changed, because links point to it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  /** Panels side by side, of one width and height: 1, 2, 3, 4 or 6 of them. */
  readonly lines: readonly Line[];
}

export interface Line {
  readonly height: 'low' | 'high';
  readonly panels: readonly PanelBuilder[];
}

const gridColumns = 24;
const heights = { low: 4, high: 9 };
const tag = 'omninode-mesh';

/** As Grafana reads it. */
export function dashboard(board: Board, runbooks: string): Dashboard {
  const builder = new DashboardBuilder(`OmniNode Mesh / ${board.title}`)
    .uid(`omninode-${board.name}`)
    .description(board.description)
    .tags([tag, 'omninode', board.name])
    .readonly()
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('OmniNode Mesh')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  for (const each of variables(board.choices, runbooks)) builder.withVariable(each);
  let id = 0;
  for (const { title, lines } of board.rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const { height, panels } of lines)
      for (const panel of panels)
        builder.withPanel(
          panel
            .id(++id)
            .height(heights[height])
            .span(gridColumns / panels.length),
        );
  }
  return builder.build();
}

/** A line of numbers. */
export function numbers(...panels: readonly PanelBuilder[]): Line {
  return { height: 'low', panels };
}

/** A line of charts. */
export function charts(...panels: readonly PanelBuilder[]): Line {
  return { height: 'high', panels };
}
