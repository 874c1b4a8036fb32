import {
  dayNumber,
  LocalDayIndex,
  localDateOf,
  localDateOfDay,
  meetsTarget,
  periodOf,
  previousPeriod,
} from '#lib/analysis';
import { type ChangeProposal, type KpiState, type MethodChangeProposal, type Target } from '#lib/domain';
import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { PeriodMeter } from '../kpi-progress/measure-period.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { recordOf, recordsProjection } from '../records/records.js';
import { type RecordKind } from '../records/state-at.js';
import { calendarAt } from '../shelf.js';
import { type AuditedKind, changeOf, isAudited } from './audit-entry.js';

/** How many periods back a figure is looked for before a target change is left unmarked. */
const PERIODS_LOOKED_BACK_MAX = 13;
export const TURNS_MISSED_INTO_MET = 'turns-missed-into-met';

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
  marks TEXT NOT NULL
);
CREATE INDEX audit_entry_by_id ON audit_entry (kind, id, position);
CREATE INDEX audit_entry_by_subject ON audit_entry (id, position);
CREATE INDEX audit_entry_by_unit ON audit_entry (unit_id, position) WHERE unit_id IS NOT NULL;`;

/** Who decided what, when, why and with which effect: one entry an event about a KPI, goal, unit, series or source. */
export const auditTrailProjection: Projection = {
  name: 'audit-trail',
  version: 2,
  handles: (recordsProjection.handles as readonly string[]).filter((type) => isAudited(kindOf(type))),
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
    this.insert = database.prepare('INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
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
    const place = [event.position, event.recordedAt_ms, kind, id, unitOf(data, before, after, id, kind)] as const;
    const people = [data.proposedBy ?? proposal?.proposedBy ?? null, data.approvedBy ?? null] as const;
    this.insert.run(
      ...place,
      event.type,
      JSON.stringify(event.metadata.actor),
      ...people,
      data.reason ?? event.metadata.reason ?? null,
      data.effectiveFrom ?? proposal?.effectiveFrom ?? null,
      JSON.stringify(change.before),
      JSON.stringify(change.after),
      JSON.stringify(this.marksOf(event, before as KpiState, after as KpiState)),
    );
  }

  /** Told from the figures as they were known at the event's position, whatever else this batch brings. */
  private marksOf(event: ProjectedEvent, before: KpiState, after: KpiState): string[] {
    const turns =
      (event.type === 'TargetChangeApproved' && this.targetTurns(event, after)) ||
      (event.type === 'MethodChangeApproved' && this.methodTurns(event, before, after));
    return turns ? [TURNS_MISSED_INTO_MET] : [];
  }

  /** Whether the newest figure missed the target before and meets the new one. */
  private targetTurns(event: ProjectedEvent, state: KpiState): boolean {
    if (state.definition === undefined) return false;
    const { target } = event.data as { readonly target: Target };
    const { direction } = state.definition;
    const newest = newestFigure(this.database, state, event);
    const old = newest && targetAtEnd(state.targets.slice(0, -1), newest.endsOn);
    if (!newest || !old) return false;
    const missedBefore = meetsTarget({ value: newest.value, target: old, direction }) === false;
    return missedBefore && meetsTarget({ value: newest.value, target, direction }) === true;
  }

  /** Whether the newest figure by the old method missed the target of its period, and that by the new method meets its own. */
  private methodTurns(event: ProjectedEvent, before: KpiState, after: KpiState): boolean {
    const { method } = event.data as MethodChangeProposal;
    if (method.measure === undefined && method.period === undefined) return false;
    return this.meetsNewest(event, before) === false && this.meetsNewest(event, after) === true;
  }

  private meetsNewest(event: ProjectedEvent, state: KpiState): boolean | null {
    if (state.definition === undefined) return null;
    const newest = newestFigure(this.database, state, event);
    const target = newest && targetAtEnd(state.targets, newest.endsOn);
    if (!newest || !target) return null;
    return meetsTarget({ value: newest.value, target, direction: state.definition.direction });
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

/** The target that was in force at the end of a period, or else the last one decided. */
function targetAtEnd(targets: KpiState['targets'], endsOn: string): Target | undefined {
  return (targets.filter((one) => one.effectiveFrom <= endsOn).at(-1) ?? targets.at(-1))?.target;
}

/** Value of the newest period that has one, as of an event: neither what came later counts nor periods to come. */
function newestFigure(
  database: ViewDatabase,
  { definition }: KpiState,
  { position, recordedAt_ms }: ProjectedEvent,
): { readonly value: number; readonly endsOn: string } | undefined {
  const calendar = calendarAt(database, position);
  const meter = new PeriodMeter(database, definition!.measure, new LocalDayIndex(calendar.timeZone), position);
  const range = meter.dayRange;
  if (range === undefined) return undefined;
  const today = dayNumber(localDateOf(recordedAt_ms, calendar.timeZone));
  let period = periodOf(localDateOfDay(Math.min(range.last, today)), definition!.period, calendar);
  for (let looked = 0; looked < PERIODS_LOOKED_BACK_MAX && dayNumber(period.endsOn) >= range.first; looked += 1) {
    const { value } = meter.measurePeriod(period).result;
    if (value !== null) return { value, endsOn: period.endsOn };
    period = previousPeriod(period, calendar);
  }
  return undefined;
}
