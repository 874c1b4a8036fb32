import { type Actor } from '#lib/domain';
import { type Bindable } from '#lib/read-models';
import { type AuditEntry, type Page } from '../answers.js';
import { cursorOf, limitOf, pageOf } from './page.js';
import { instantOf, momentOf, type PageScope, type ViewSource } from './scope.js';

/** Which decisions to list; `subjectId` is the id of a KPI, goal, unit, series (its key) or source. */
export interface AuditFilter {
  readonly kpiId?: string;
  readonly unitId?: string;
  readonly subjectId?: string;
}

interface AuditRow {
  readonly position: number;
  readonly recorded_at_ms: number;
  readonly kind: AuditEntry['subject']['kind'];
  readonly id: string;
  readonly unit_id: string | null;
  readonly type: string;
  readonly actor: string;
  readonly proposed_by: string | null;
  readonly approved_by: string | null;
  readonly reason: string | null;
  readonly effective_from: string | null;
  readonly before: string;
  readonly after: string;
  readonly marks: string;
  readonly marked_periods: string;
}

/** Who decided what. Throws `QueryError` for a bad scope and `ViewsNotReady` without views. */
export class AuditQueries {
  constructor(private readonly views: ViewSource) {}

  /** Newest first. */
  list({ kpiId, unitId, subjectId }: AuditFilter, scope: PageScope): Page<AuditEntry> {
    const limit = limitOf(scope);
    const [before] = cursorOf(scope, [0]) ?? [];
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const conditions = ['position <= ?'];
      const values: Bindable[] = [before === undefined ? moment.position : Math.min(before - 1, moment.position)];
      const narrow = (condition: string, value: string | undefined): void => {
        if (value === undefined) return;
        conditions.push(condition);
        values.push(value);
      };
      narrow("kind = 'kpi' AND id = ?", kpiId);
      narrow('unit_id = ?', unitId);
      narrow('id = ?', subjectId);
      const sql = `SELECT * FROM audit_entry WHERE ${conditions.join(' AND ')} ORDER BY position DESC LIMIT ?`;
      const rows = database.all<AuditRow>(sql, ...values, limit + 1);
      return pageOf(moment, rows, limit, ({ position }) => [position], entryOf);
    });
  }
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    position: String(row.position),
    recordedAt: instantOf(row.recorded_at_ms),
    subject: { kind: row.kind, id: row.id },
    unitId: row.unit_id,
    type: row.type,
    actor: JSON.parse(row.actor) as Actor,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
    reason: row.reason,
    effectiveFrom: row.effective_from,
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    marks: JSON.parse(row.marks) as string[],
    markedPeriods: JSON.parse(row.marked_periods) as string[],
  };
}
