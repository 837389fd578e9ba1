import { BarGaugeDisplayMode, LegendDisplayMode, LegendPlacement } from '@grafana/grafana-foundation-sdk/common';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { describe, type PanelOptions } from './describe.js';
import { columns } from './table-columns.js';

/** A panel without its place. */
export type PanelBuilder = BarGaugeBuilder | StatBuilder | StateTimelineBuilder | TableBuilder | TimeSeriesBuilder;

export interface LinesOptions extends PanelOptions {
  /** The series are parts of a whole. */
  readonly isStacked?: boolean;
}

/** Values over time. Thresholds are drawn as lines. */
export function lines(options: LinesOptions): TimeSeriesBuilder {
  const builder = describe(new TimeSeriesBuilder(), options, 'over time')
    .lineWidth(1)
    .fillOpacity(options.isStacked ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .axisSoftMin(0)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    );
  if (options.isStacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (options.levels)
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return builder;
}

/** The value of now, large. */
export function stat(options: PanelOptions): StatBuilder {
  return describe(new StatBuilder(), options, 'now').reduceOptions(newest());
}

/** The values of now side by side. */
export function bars(options: PanelOptions): BarGaugeBuilder {
  return describe(new BarGaugeBuilder(), options, 'now')
    .reduceOptions(newest())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic);
}

/** Which state when. */
export function states(options: PanelOptions): StateTimelineBuilder {
  return describe(new StateTimelineBuilder(), options, 'over time').mergeValues(true).lineWidth(0);
}

export interface TableOptions extends PanelOptions {
  /** What the column of each query's values is called, in the order of the queries; '' hides it. */
  readonly values: readonly string[];
}

/** The values of now as rows: a column for each label, and one for each query. */
export function table(options: TableOptions): TableBuilder {
  return describe(new TableBuilder(), options, 'rows now').transformations(columns(options.values));
}

function newest(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');
}
