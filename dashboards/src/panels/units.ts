import * as units from '@grafana/grafana-foundation-sdk/units';

/** How Grafana writes values: its name for each unit that our panels have. */
export const unit = {
  count: units.Short,
  seconds: units.Seconds,
  bytes: units.BytesIEC,
  share: units.PercentUnit,
  perSecond: units.OpsPerSecond,
  requestsPerSecond: units.RequestsPerSecond,
  messagesPerSecond: units.MessagesPerSecond,
  bytesPerSecond: units.BytesPerSecondIEC,
  yesOrNo: units.BoolYesNo,
} as const;

export type PanelUnit = (typeof unit)[keyof typeof unit];
