import type { AlertInstance } from './alert-instance.js';
import type { Input, SeriesStore, Side } from './side.js';

/**
 * The series of one entity that any rule reads, in arrays side by side: to see which have news, a record costs one comparison for
 * each of them and nothing else.
 */
export class EntityInputs {
  private series = new Int32Array(8);
  private timesMs = new Float64Array(8);
  private readonly inputs: Input[] = [];
  private readonly sides: Side[] = [];
  private readonly owners: AlertInstance[] = [];
  /** In the order in which they are judged: those that explain others first. */
  instances: AlertInstance[] = [];

  add(input: Input, side: Side, owner: AlertInstance): void {
    const at = this.inputs.length;
    if (at === this.series.length) this.grow();
    this.series[at] = input.series;
    this.timesMs[at] = input.timeMs;
    this.inputs.push(input);
    this.sides.push(side);
    this.owners.push(owner);
  }

  /** Reads the series that have a newer point than when they were read last; whose they are is due then. False: nothing is new. */
  readNews(store: SeriesStore): boolean {
    const { series, timesMs } = this;
    const { times } = store;
    const count = this.inputs.length;
    let isAny = false;
    for (let at = 0; at < count; at++) {
      const timeMs = times[series[at]!]!;
      if (timeMs === timesMs[at]!) continue;
      timesMs[at] = timeMs;
      this.sides[at]!.read(this.inputs[at]!, store, timeMs);
      this.owners[at]!.isDue = isAny = true;
    }
    return isAny;
  }

  /** The alerts that read any of the series. */
  ofInstances(): AlertInstance[] {
    return [...new Set(this.owners)];
  }

  private grow(): void {
    const series = new Int32Array(this.series.length * 2);
    series.set(this.series);
    this.series = series;
    const timesMs = new Float64Array(this.timesMs.length * 2);
    timesMs.set(this.timesMs);
    this.timesMs = timesMs;
  }
}
