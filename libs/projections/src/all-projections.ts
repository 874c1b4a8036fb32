import { auditTrailProjection } from './audit-trail/audit-trail.js';
import { improvementProjection } from './improvement/improvement.js';
import { kpiProgressProjection } from './kpi-progress/kpi-progress.js';
import { logTimesProjection } from './log-times/log-times.js';
import { observationsProjection } from './observations/observations.js';
import { type Projection } from './projection.js';
import { quarantineProjection } from './quarantine/quarantine.js';
import { recordsProjection } from './records/records.js';
import { rollupsProjection } from './rollups/rollups.js';

/** Every view, in the order in which a batch is applied: a later one may read what an earlier one has just written. */
export const ALL_PROJECTIONS: readonly Projection[] = [
  logTimesProjection,
  recordsProjection,
  observationsProjection,
  rollupsProjection,
  kpiProgressProjection,
  auditTrailProjection,
  improvementProjection,
  quarantineProjection,
];

/** Names and versions: a generation with another signature was made by another program and is rebuilt. */
export function signatureOf(projections: readonly Projection[]): string {
  return projections.map(({ name, version }) => `${name}@${version}`).join(' ');
}
