import {
  actionDecider,
  type Decider,
  type DomainEventOf,
  goalDecider,
  kpiDecider,
  organisationDecider,
  reviewDecider,
  seriesDecider,
  sourceDecider,
  unitDecider,
} from '#lib/domain';
import { type ProjectedEvent, type Projection } from '../projection.js';
import { ORGANISATION_ID, type RecordKind, stateAt } from './state-at.js';

type AnyDecider = Decider<unknown, unknown, DomainEventOf<string, unknown>>;

interface Model {
  readonly kind: RecordKind;
  readonly decider: AnyDecider;
  readonly types: readonly string[];
}

const model = (kind: RecordKind, decider: unknown, ...types: string[]): Model => ({
  kind,
  // The union of all events cannot be told to the compiler here; `types` says which events each decider evolves with.
  decider: decider as AnyDecider,
  types,
});

const MODELS: readonly Model[] = [
  model('organisation', organisationDecider, 'OrganisationEstablished'),
  model('unit', unitDecider, 'UnitRegistered', 'UnitRenamed', 'KpiSeatTaken', 'KpiSeatFreed', 'UnitRetired'),
  model('goal', goalDecider, 'GoalSet', 'GoalRevised', 'GoalClosed'),
  model(
    'kpi',
    kpiDecider,
    'KpiDefined',
    'KpiRedefined',
    'KpiBaselineSet',
    'KpiTargetSet',
    'KpiActivated',
    'TargetChangeProposed',
    'TargetChangeApproved',
    'TargetChangeRejected',
    'KpiRetired',
  ),
  model('series', seriesDecider, 'SeriesRegistered', 'SeriesChanged', 'SeriesRetired'),
  model('source', sourceDecider, 'SourceRegistered', 'SourceKeyIssued', 'SourceKeyRevoked', 'SourceRetired'),
  model('review', reviewDecider, 'ReviewOpened', 'FindingRecorded', 'ReviewClosed'),
  model(
    'action',
    actionDecider,
    'ActionPlanned',
    'ActionProgressReported',
    'ActionCompleted',
    'ActionEffectChecked',
    'ActionCancelled',
  ),
];

const MODEL_OF_TYPE = new Map(MODELS.flatMap((entry) => entry.types.map((type) => [type, entry] as const)));
/** Decided things whose state is kept in memory between batches; more are read from the table again. */
const CACHED_STATES_MAX = 5_000;

/** Which record an event belongs to; undefined for events of other kinds. */
export function recordOf(event: Pick<ProjectedEvent, 'type' | 'stream'>): { kind: RecordKind; id: string } | undefined {
  const kind = MODEL_OF_TYPE.get(event.type)?.kind;
  if (kind === undefined) return undefined;
  return { kind, id: kind === 'organisation' ? ORGANISATION_ID : event.stream.slice(kind.length + 1) };
}

/** States after every event, so that any answer can be had as of any position. */
export const recordsProjection: Projection = {
  name: 'records',
  version: 1,
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
    const states = new Map<string, unknown>();
    return {
      apply(events, changes) {
        for (const event of events) {
          const { decider } = MODEL_OF_TYPE.get(event.type)!;
          const { kind, id } = recordOf(event)!;
          const key = `${kind} ${id}`;
          const before = states.get(key) ?? stateAt(database, kind, id, event.position);
          const after = decider.evolve(before ?? decider.initialState, { type: event.type, data: event.data });
          const place = placeOf(event.data);
          insert.run(kind, id, event.position, place.unitId ?? null, place.goalId ?? null, JSON.stringify(after));
          if (states.size >= CACHED_STATES_MAX) states.clear();
          states.set(key, after);
          changes.states.set(event.position, { before, after });
        }
      },
    };
  },
};

/** Unit and goal that the event names: lists by unit or goal start from these. */
function placeOf(data: unknown): { readonly unitId?: string; readonly goalId?: string } {
  return data as { readonly unitId?: string; readonly goalId?: string };
}
