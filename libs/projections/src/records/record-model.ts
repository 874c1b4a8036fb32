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

/** The decision models whose states are kept. People are left out: who may do what is the door's to know. */
export type RecordKind = 'organisation' | 'unit' | 'goal' | 'kpi' | 'series' | 'source' | 'review' | 'action';

/** The organisation has one record, under this id. */
export const ORGANISATION_ID = 'organisation';

export interface RecordModel {
  readonly kind: RecordKind;
  readonly decider: Decider<unknown, unknown, DomainEventOf<string, unknown>>;
  /** The first one founds the record. */
  readonly types: readonly string[];
  /** The field of the data that names the record; its stream does so, too. */
  readonly idField: string | null;
}

const model = (kind: RecordKind, decider: unknown, idField: string | null): RecordModel => ({
  kind,
  // The union of all events cannot be told to the compiler here; `types` says which events each decider evolves with.
  decider: decider as RecordModel['decider'],
  types: EVENT_TYPES[kind],
  idField,
});

const MODELS: readonly RecordModel[] = [
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

/** Types of all events that go into records. */
export const RECORDED_TYPES: readonly string[] = [...MODEL_OF_TYPE.keys()];

/** The model that an event of this type belongs to; undefined for events of other kinds. */
export function modelOf(type: string): RecordModel | undefined {
  return MODEL_OF_TYPE.get(type);
}

/** Which record an event belongs to; undefined for events of other kinds. */
export function recordOf(event: {
  readonly type: string;
  readonly stream: string;
}): { readonly kind: RecordKind; readonly id: string } | undefined {
  const kind = modelOf(event.type)?.kind;
  if (kind === undefined) return undefined;
  return { kind, id: kind === 'organisation' ? ORGANISATION_ID : event.stream.slice(kind.length + 1) };
}
