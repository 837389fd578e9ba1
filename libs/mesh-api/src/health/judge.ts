import { meshHealth, type MeshHealth } from '@omninode/aggregation';
import type { MeshView } from '../mesh-view.js';

/** Health as of now, with the alerts that fire. */
export function judge(view: MeshView): MeshHealth {
  return meshHealth(view.summaries(), view.nowMs(), view.limits(), view.alerts?.());
}
