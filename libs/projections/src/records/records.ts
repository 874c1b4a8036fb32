import {
  actionDecider,
  type Decider,
  type DomainEventOf,
  EVENT_TYPES,
  goalDecider,
  kpiDecider,
  organisationDecider,
  reviewDecider,
  seriesDecider,
  sourceDecider,
  unitDecider,
} from '#lib/domain';
import { type ProjectedEvent, type Projection } from '../projection.js';
import { flawOf } from './event-form.js';
import { RecentStates } from './recent-states.js';
import { ORGANISATION_ID, type RecordKind, stateAt } from './state-at.js';

type AnyDecider = Decider<unknown, unknown, DomainEventOf<string, unknown>>;

interface Model {
  readonly kind: RecordKind;
  readonly decider: AnyDecider;
  /** The first one founds the record. */
  readonly types: readonly string[];
  /** The field of the data that names the record; its stream does so, too. */
  readonly idField: string | null;
}

const model = (kind: RecordKind, decider: unknown, idField: string | null): Model => ({
  kind,
  // The union of all events cannot be told to the compiler here; `types` says which events each decider evolves with.
  decider: decider as AnyDecider,
  types: EVENT_TYPES[kind],
  idField,
});

const MODELS: readonly Model[] = [
  model('organisation', organisationDecider, null),
  model('unit', unitDecider, 'unitId'),
  model('goal', goalDecider, 'goalId'),
  model('kpi', kpiDecider, 'kpiId'),
  model('series', seriesDecider, 'seriesKey'),
  model('source', sourceDecider, 'sourceId'),
  model('review', reviewDecider, 'reviewId'),
  model('action', actionDecider, 'actionId'),
];

const MODEL_OF_TYPE = new Map(MODELS.flatMap((entry) => entry.types.map((type) => [type, entry] as const)));
/** Decided things whose state is kept in memory between batches (up to twice as many); others are read from the table again. */
const RECENT_STATES = 10_000;

/** Which record an event belongs to; undefined for events of other kinds. */
export function recordOf(event: Pick<ProjectedEvent, 'type' | 'stream'>): { kind: RecordKind; id: string } | undefined {
  const kind = MODEL_OF_TYPE.get(event.type)?.kind;
  if (kind === undefined) return undefined;
  return { kind, id: kind === 'organisation' ? ORGANISATION_ID : event.stream.slice(kind.length + 1) };
}

/**
 * States after every event, so that any answer can be had as of any position. The gate of the views: an event whose data
 * they could not read, or that goes on with something that was never founded, is refused here and so parked, and the
 * projections that come after do not see it. What is in the table can therefore be read without a check.
 */
export const recordsProjection: Projection = {
  name: 'records',
  version: 2,
  isGate: true,
  handles: [...MODEL_OF_TYPE.keys()],
  createTables(database) {
    database.exec(
      `CREATE TABLE record (
         record_id INTEGER PRIMARY KEY,
         kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
         unit_id TEXT, goal_id TEXT,
         state TEXT NOT NULL
       );
       CREATE UNIQUE INDEX record_by_id ON record (kind, id, position);
       CREATE INDEX record_by_unit ON record (kind, unit_id, id) WHERE unit_id IS NOT NULL;
       CREATE INDEX record_by_goal ON record (kind, goal_id, id) WHERE goal_id IS NOT NULL;`,
    );
  },
  start({ database }) {
    const insert = database.prepare(
      'INSERT INTO record (kind, id, position, unit_id, goal_id, state) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const states = new RecentStates(RECENT_STATES);
    return {
      apply(events, changes) {
        for (const event of events) {
          const { decider } = MODEL_OF_TYPE.get(event.type)!;
          const { kind, id } = recordOf(event)!;
          const key = `${kind} ${id}`;
          const before = states.get(key) ?? stateAt(database, kind, id, event.position);
          refuseUnreadable(event, id, before !== undefined);
          const after = decider.evolve(before ?? decider.initialState, { type: event.type, data: event.data });
          const place = placeOf(event.data);
          insert.run(kind, id, event.position, place.unitId ?? null, place.goalId ?? null, JSON.stringify(after));
          states.set(key, after);
          changes.states.set(event.position, { before, after });
        }
      },
    };
  },
};

/** @throws Error when the views could not rely on the event */
function refuseUnreadable({ type, stream, data }: ProjectedEvent, id: string, isFounded: boolean): void {
  const { idField, types, kind } = MODEL_OF_TYPE.get(type)!;
  const flaw = flawOf(type, data);
  if (flaw !== null) throw new Error(`the ${type} cannot be read: ${flaw}`);
  if (idField !== null && (data as Readonly<Record<string, unknown>>)[idField] !== id) {
    throw new Error(`the ${type} in the stream ${stream} names another ${kind} in its data`);
  }
  if (!isFounded && type !== types[0]) throw new Error(`there is no ${kind} ${id} that the ${type} could go on with`);
}

/** Unit and goal that the event names: lists by unit or goal start from these. */
function placeOf(data: unknown): { readonly unitId?: string; readonly goalId?: string } {
  return data as { readonly unitId?: string; readonly goalId?: string };
}
