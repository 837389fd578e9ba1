import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ThresholdsConfig, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

/** Where a value stops to be good: at `warning`, at `critical`, or below them where less is worse. */
export interface Levels {
  readonly warning?: number;
  readonly critical?: number;
  readonly worse?: 'above' | 'below';
}

export function thresholds(levels: Levels | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(levels));
}

/** Grafana's steps ascend; a value has the colour of the highest step that it reaches. */
function stepsOf({ warning, critical, worse = 'above' }: Levels = {}): ThresholdsConfig['steps'] {
  const steps: Threshold[] = [];
  const step = (value: number | undefined, color: string) => value !== undefined && steps.push({ value, color });
  if (worse === 'above') {
    steps.push({ value: null, color: 'green' });
    step(warning, 'orange');
    step(critical, 'red');
    return steps;
  }
  steps.push({ value: null, color: critical === undefined ? 'orange' : 'red' });
  step(critical, warning === undefined ? 'green' : 'orange');
  step(warning, 'green');
  return steps;
}
