import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { type ProjectedEvent, type Projection, type ProjectionHand } from '../projection.js';
import { flawOf } from './event-form.js';
import { RecentStates } from './recent-states.js';
import { modelOf, RECORDED_TYPES, recordOf } from './record-model.js';
import { type HeldRecord, heldRecord, RECORD_TABLE } from './record-table.js';

/** Decided things whose state is kept in memory between batches (up to twice as many); others are read from the table again. */
const RECENT_STATES = 10_000;

/**
 * States after every event, so that any answer can be had as of any position. The gate of the views: an event whose data
 * they could not read, or that goes on with something that was never founded, is refused here and so parked, and the
 * projections that come after do not see it. What is in the table can therefore be read without a check.
 */
export const recordsProjection: Projection = {
  name: 'records',
  version: 3,
  isGate: true,
  handles: RECORDED_TYPES,
  createTables: (database) => database.exec(RECORD_TABLE),
  start: ({ database }) => new RecordsHand(database),
};

class RecordsHand implements ProjectionHand {
  private readonly recent = new RecentStates<HeldRecord>(RECENT_STATES);
  private readonly insert: Statement;

  constructor(private readonly database: ViewDatabase) {
    this.insert = database.prepare(
      'INSERT INTO record (kind, id, position, base, type, unit_id, goal_id, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
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

  private write(event: ProjectedEvent, kind: string, id: string, before: HeldRecord | undefined): HeldRecord {
    const { position, type, data } = event;
    const { decider } = modelOf(type)!;
    const state = decider.evolve(before?.state ?? decider.initialState, { type, data });
    const step = JSON.stringify(data);
    const stepsSize_chars = step.length + (before?.stepsSize_chars ?? 0);
    const isStep = before !== undefined && stepsSize_chars <= before.baseSize_chars;
    const content = isStep ? step : JSON.stringify(state);
    const base = isStep ? before.base : position;
    const { unitId = null, goalId = null } = data as { readonly unitId?: string; readonly goalId?: string };
    this.insert.run(kind, id, position, base, type, unitId, goalId, content);
    return isStep
      ? { ...before, state, position, stepsSize_chars }
      : { state, position, base, baseSize_chars: content.length, stepsSize_chars: 0 };
  }
}

/** @throws Error when the views could not rely on the event */
function refuseUnreadable({ type, stream, data }: ProjectedEvent, id: string, isFounded: boolean): void {
  const { idField, types, kind } = modelOf(type)!;
  const flaw = flawOf(type, data);
  if (flaw !== null) throw new Error(`the ${type} cannot be read: ${flaw}`);
  if (idField !== null && (data as Readonly<Record<string, unknown>>)[idField] !== id) {
    throw new Error(`the ${type} in the stream ${stream} names another ${kind} in its data`);
  }
  if (!isFounded && type !== types[0]) throw new Error(`there is no ${kind} ${id} that the ${type} could go on with`);
}
