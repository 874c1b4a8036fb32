import { type ActionEvent } from './action/action.events.js';
import { type GoalEvent } from './goal/goal.events.js';
import { type KpiEvent } from './kpi/kpi.events.js';
import { type OrganisationEvent } from './organisation/organisation.events.js';
import { type ReviewEvent } from './review/review.events.js';
import { type SeriesEvent } from './series/series.events.js';
import { type SourceEvent } from './source/source.events.js';
import { type UnitEvent } from './unit/unit.events.js';

/** Every type of the union once: one that is missing here, or is none of them, does not compile. */
function typesOf<Event extends { readonly type: string }>(types: Readonly<Record<Event['type'], true>>) {
  return Object.keys(types) as readonly Event['type'][];
}

/**
 * The event types of the decision models that are told in the views, in the order of a life: the first one founds what the
 * others go on with. (People have none here: who may do what is the door's to know.)
 */
export const EVENT_TYPES = {
  organisation: typesOf<OrganisationEvent>({ OrganisationEstablished: true }),
  unit: typesOf<UnitEvent>({
    UnitRegistered: true,
    UnitRenamed: true,
    KpiSeatTaken: true,
    KpiSeatFreed: true,
    UnitRetired: true,
  }),
  goal: typesOf<GoalEvent>({ GoalSet: true, GoalRevised: true, GoalClosed: true }),
  kpi: typesOf<KpiEvent>({
    KpiDefined: true,
    KpiRedefined: true,
    KpiBaselineSet: true,
    KpiTargetSet: true,
    KpiActivated: true,
    TargetChangeProposed: true,
    TargetChangeApproved: true,
    TargetChangeRejected: true,
    MethodChangeProposed: true,
    MethodChangeApproved: true,
    MethodChangeRejected: true,
    KpiRetired: true,
  }),
  series: typesOf<SeriesEvent>({ SeriesRegistered: true, SeriesChanged: true, SeriesRetired: true }),
  source: typesOf<SourceEvent>({
    SourceRegistered: true,
    SourceKeyIssued: true,
    SourceKeyRevoked: true,
    SourceRetired: true,
  }),
  review: typesOf<ReviewEvent>({ ReviewOpened: true, FindingRecorded: true, ReviewClosed: true }),
  action: typesOf<ActionEvent>({
    ActionPlanned: true,
    ActionProgressReported: true,
    ActionCompleted: true,
    ActionEffectChecked: true,
    ActionCancelled: true,
  }),
} as const;
