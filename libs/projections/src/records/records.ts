import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { EventRefused, type ProjectedEvent, type Projection, type ProjectionHand } from '../projection.js';
import { flawOf } from './event-form.js';
import { RecentStates } from './recent-states.js';
import { modelOf, RECORDED_TYPES, recordOf } from './record-model.js';
import { type HeldRecord, heldRecord, RECORD_TABLES } from './record-table.js';

/** Decided things whose state is kept in memory between batches (up to twice as many); others are read from the table again. */
const RECENT_STATES = 10_000;
/** Steps that are shorter together are read in a few microseconds, so no whole state is worth its bytes before. */
const STEPS_SIZE_MIN_chars = 4_096;
/** Their steps are histories that are told with who did what. */
const TOLD_KINDS: ReadonlySet<string> = new Set(['review', 'action']);
/** They are listed by unit and by goal. */
const PLACED_KINDS: ReadonlySet<string> = new Set(['goal', 'kpi']);

/** Where an event's data puts the record. */
interface Places {
  readonly unitId?: string;
  readonly goalId?: string;
}

const NOWHERE: Places = {};

/** With the places written last; undefined where they are not known. */
type Kept = HeldRecord & Places;

/**
 * States after every event, so that any answer can be had as of any position. The gate of the views: an event whose data
 * they could not read, or that goes on with something that was never founded, is refused here and so parked, and the
 * projections that come after do not see it. What is in the table can therefore be read without a check.
 */
export const recordsProjection: Projection = {
  name: 'records',
  version: 4,
  isGate: true,
  handles: RECORDED_TYPES,
  createTables: (database) => database.exec(RECORD_TABLES),
  start: ({ database }) => new RecordsHand(database),
};

class RecordsHand implements ProjectionHand {
  private readonly recent = new RecentStates<Kept>(RECENT_STATES);
  private readonly insert: Statement;
  private readonly place: Statement;

  constructor(private readonly database: ViewDatabase) {
    this.insert = database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.place = database.prepare('INSERT OR IGNORE INTO record_place VALUES (?, ?, ?, ?)');
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    for (const event of events) {
      const { kind, id } = recordOf(event)!;
      const key = `${kind} ${id}`;
      const before = this.recent.get(key) ?? heldRecord(this.database, kind, id, event.position);
      refuseUnreadable(event, id, before !== undefined);
      const after = this.write(event, kind, id, before);
      this.recent.set(key, after);
      changes.states.set(event.position, { before: before?.state, after: after.state });
    }
  }

  private write(event: ProjectedEvent, kind: string, id: string, before: Kept | undefined): Kept {
    const { position, recordedAt_ms, type, data, metadata } = event;
    const { decider } = modelOf(type)!;
    const state = decider.evolve(before?.state ?? decider.initialState, { type, data });
    const text = event.text ?? JSON.stringify(data);
    const stepsSize_chars = before === undefined ? 0 : before.stepsSize_chars + text.length;
    const isLong = before !== undefined && stepsSize_chars > Math.max(before.baseSize_chars, STEPS_SIZE_MIN_chars);
    const whole = isLong ? JSON.stringify(state) : null;
    const base = before === undefined || isLong ? position : before.base;
    const actor = TOLD_KINDS.has(kind) ? JSON.stringify(metadata.actor) : null;
    this.insert.run(position, kind, id, base, recordedAt_ms, type, actor, text, whole);
    const { unitId, goalId } = PLACED_KINDS.has(kind) ? this.writePlaces(kind, id, data as Places, before) : NOWHERE;
    const isBase = base === position;
    const baseSize_chars = isBase ? (whole ?? text).length : before!.baseSize_chars;
    // Always the same fields in the same order: spreading the one before made objects of many shapes.
    return { state, position, base, baseSize_chars, stepsSize_chars: isBase ? 0 : stepsSize_chars, unitId, goalId };
  }

  /** The places that the record is known to be listed under afterwards. */
  private writePlaces(kind: string, id: string, { unitId, goalId }: Places, before: Kept | undefined): Places {
    if (unitId !== undefined && unitId !== before?.unitId) this.place.run(kind, 'unit', unitId, id);
    if (goalId !== undefined && goalId !== before?.goalId) this.place.run(kind, 'goal', goalId, id);
    return { unitId: unitId ?? before?.unitId, goalId: goalId ?? before?.goalId };
  }
}

/** @throws EventRefused when the views could not rely on the event */
function refuseUnreadable({ type, stream, data }: ProjectedEvent, id: string, isFounded: boolean): void {
  const { idField, types, kind } = modelOf(type)!;
  const flaw = flawOf(type, data);
  if (flaw !== null) throw new EventRefused(`the ${type} cannot be read: ${flaw}`);
  if (idField !== null && (data as Readonly<Record<string, unknown>>)[idField] !== id) {
    throw new EventRefused(`the ${type} in the stream ${stream} names another ${kind} in its data`);
  }
  if (!isFounded && type !== types[0])
    throw new EventRefused(`there is no ${kind} ${id} that the ${type} could go on with`);
}
