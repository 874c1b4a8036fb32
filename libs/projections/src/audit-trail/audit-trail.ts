import { type ChangeProposal, type KpiState } from '#lib/domain';
import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { RECORDED_TYPES, type RecordKind, recordOf } from '../records/record-model.js';
import { type AuditedKind, changeOf, isAudited } from './audit-entry.js';
import { turnedPeriods } from './turned-periods.js';

export const TURNS_MISSED_INTO_MET = 'turns-missed-into-met';
const MARKED = JSON.stringify([TURNS_MISSED_INTO_MET]);
/** Most entries have no mark. */
const NONE = '[]';

const TABLE = `
CREATE TABLE audit_entry (
  position INTEGER PRIMARY KEY,
  recorded_at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  unit_id TEXT,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  proposed_by TEXT,
  approved_by TEXT,
  reason TEXT,
  effective_from TEXT,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  marks TEXT NOT NULL,
  marked_periods TEXT NOT NULL
);
CREATE INDEX audit_entry_by_subject ON audit_entry (id, position);
CREATE INDEX audit_entry_by_unit ON audit_entry (unit_id, position) WHERE unit_id IS NOT NULL;`;

/** Who decided what, when, why and with which effect: one entry an event about a KPI, goal, unit, series or source. */
export const auditTrailProjection: Projection = {
  name: 'audit-trail',
  version: 4,
  handles: RECORDED_TYPES.filter((type) => isAudited(kindOf(type))),
  createTables: (database) => database.exec(TABLE),
  start: ({ database }) => new AuditTrailHand(database),
};

function kindOf(type: string): RecordKind {
  return recordOf({ type, stream: '' })!.kind;
}

/** Parts of an event's data that say who and why. */
interface DecisionData {
  readonly unitId?: string;
  readonly kpiId?: string;
  readonly reason?: string;
  readonly proposedBy?: string;
  readonly approvedBy?: string;
  readonly effectiveFrom?: string;
  readonly changeId?: string;
}

class AuditTrailHand implements ProjectionHand {
  private readonly insert: Statement;

  constructor(private readonly database: ViewDatabase) {
    this.insert = database.prepare('INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    for (const event of events) this.enter(event, changes);
  }

  private enter(event: ProjectedEvent, changes: BatchChanges): void {
    const { kind, id } = recordOf(event) as { kind: AuditedKind; id: string };
    const states = changes.states.get(event.position);
    // An event that the records could not take changed no state: it is refused here as well.
    if (states === undefined) throw new Error(`the state after the event at ${event.position} is not known`);
    const { before, after } = states;
    const change = changeOf(kind, event, before, after);
    const data = event.data as DecisionData;
    if (data.kpiId !== undefined) changes.kpiIds.add(data.kpiId);
    const proposal = proposalOf(event.type, data.changeId, before as Partial<KpiState> | undefined);
    const turned =
      kind === 'kpi' ? turnedPeriods(this.database, event, before as KpiState | undefined, after as KpiState) : [];
    const place = [event.position, event.recordedAt_ms, kind, id, unitOf(data, before, after, id, kind)] as const;
    const people = [data.proposedBy ?? proposal?.proposedBy ?? null, data.approvedBy ?? null] as const;
    this.insert.run(
      ...place,
      event.type,
      JSON.stringify(event.metadata.actor),
      ...people,
      data.reason ?? event.metadata.reason ?? null,
      data.effectiveFrom ?? proposal?.effectiveFrom ?? null,
      change.before === null ? 'null' : JSON.stringify(change.before),
      JSON.stringify(change.after),
      turned.length > 0 ? MARKED : NONE,
      turned.length > 0 ? JSON.stringify(turned) : NONE,
    );
  }
}

/** The proposal that an event decides on. */
function proposalOf(
  type: string,
  changeId: string | undefined,
  before: Partial<KpiState> | undefined,
): ChangeProposal | undefined {
  const open: readonly ChangeProposal[] | undefined = type.startsWith('MethodChange')
    ? before?.openMethodChanges
    : before?.openChanges;
  return open?.find((change) => change.changeId === changeId);
}

function unitOf(data: DecisionData, before: unknown, after: unknown, id: string, kind: AuditedKind): string | null {
  if (kind === 'unit') return id;
  const definition = (state: unknown): DecisionData | undefined =>
    (state as { readonly definition?: DecisionData } | undefined)?.definition;
  return data.unitId ?? definition(after)?.unitId ?? definition(before)?.unitId ?? null;
}
