import { MappingType, SpecialValueMatch } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

const noDataIs = (text: string): ValueMapping => ({
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text, color: 'purple', index: 9 } },
});

/** The values of `omninode_system_health_status`, which is absent when health is unknown. */
export const healthMapping: readonly ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: {
      0: { text: 'critical', color: 'red', index: 0 },
      1: { text: 'degraded', color: 'orange', index: 1 },
      2: { text: 'healthy', color: 'green', index: 2 },
    },
  },
  noDataIs('unknown'),
];

/** Words for 0 and 1, where 1 is as it should be. */
export function oneIsGood(zero: string, one: string): readonly ValueMapping[] {
  return words(zero, 'red', one, 'green');
}

/** Words for 0 and 1, where 1 is bad. */
export function oneIsBad(zero: string, one: string): readonly ValueMapping[] {
  return words(zero, 'green', one, 'red');
}

function words(zero: string, zeroColor: string, one: string, oneColor: string): readonly ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: {
        0: { text: zero, color: zeroColor, index: 0 },
        1: { text: one, color: oneColor, index: 1 },
      },
    },
    noDataIs('unknown'),
  ];
}
