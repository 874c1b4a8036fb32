import {
  type GoalState,
  kpiDecider,
  type KpiDefinition,
  type KpiEvent,
  type KpiState,
  type SeriesState,
  type SourceState,
  type UnitState,
} from '#lib/domain';
import { type RecordKind } from '../records/record-model.js';

/** The part of a subject that an event changed, before and after; null: there was none. */
export interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

/** The kinds of records whose decisions are kept in the audit trail. */
export const AUDITED_KINDS = ['kpi', 'goal', 'unit', 'series', 'source'] as const;
export type AuditedKind = (typeof AUDITED_KINDS)[number];

export function isAudited(kind: RecordKind): kind is AuditedKind {
  return (AUDITED_KINDS as readonly string[]).includes(kind);
}

/** What an event changed, told from the subject's states around it. */
export function changeOf(
  kind: AuditedKind,
  event: { readonly type: string; readonly data: unknown },
  before: unknown,
  after: unknown,
): Change {
  switch (kind) {
    case 'kpi':
      return kpiChange(
        event as KpiEvent,
        (before as KpiState | undefined) ?? kpiDecider.initialState,
        after as KpiState,
      );
    case 'goal':
      return both(before, after, ({ status, definition, outcome, closingReason }: GoalState) =>
        event.type === 'GoalClosed' ? { status, outcome, closingReason } : definition,
      );
    case 'unit':
      return both(before, after, ({ status, name, parentUnitId, seats }: UnitState) =>
        event.type.startsWith('KpiSeat') ? { seats } : { status, name, parentUnitId },
      );
    case 'series':
      return both(before, after, ({ status, definition }: SeriesState) =>
        event.type === 'SeriesRetired' ? { status } : definition,
      );
    case 'source':
      return both(before, after, sourcePart(event));
  }
}

function both<State>(before: unknown, after: unknown, part: (state: State) => unknown): Change {
  return {
    before: before === undefined ? null : (part(before as State) ?? null),
    after: part(after as State) ?? null,
  };
}

/** Of keys only the public id is shown, never the hash. */
function sourcePart({
  type,
  data,
}: {
  readonly type: string;
  readonly data: unknown;
}): (state: SourceState) => unknown {
  if (!type.startsWith('SourceKey')) return ({ status, name }) => ({ status, name });
  const { keyId } = data as { readonly keyId: string };
  return ({ keys }) => {
    const key = keys.find((one) => one.keyId === keyId);
    if (key === undefined) return null;
    const { keySha256: _hash, ...shown } = key;
    return shown;
  };
}

function kpiChange(event: KpiEvent, before: KpiState, after: KpiState): Change {
  const targetBefore = before.targets.at(-1)?.target ?? null;
  switch (event.type) {
    case 'KpiDefined':
    case 'KpiRedefined':
      return { before: before.definition ?? null, after: after.definition ?? null };
    case 'KpiBaselineSet':
      return { before: before.baseline ?? null, after: event.data.baseline };
    case 'KpiTargetSet':
    case 'TargetChangeProposed':
    case 'TargetChangeApproved':
      return { before: targetBefore, after: event.data.target };
    case 'TargetChangeRejected':
      return { before: targetBefore, after: targetBefore };
    case 'MethodChangeProposed':
    case 'MethodChangeApproved':
      return { before: partLike(event.data.method, before.definition), after: event.data.method };
    case 'MethodChangeRejected': {
      const part = partLike(methodRejected(before, event.data.changeId), before.definition);
      return { before: part, after: part };
    }
    case 'KpiActivated':
    case 'KpiRetired':
      return { before: { status: before.status }, after: { status: after.status } };
  }
}

function methodRejected(before: KpiState, changeId: string): object {
  return before.openMethodChanges.find((change) => change.changeId === changeId)?.method ?? {};
}

/** The fields of the definition that the change names. */
function partLike(change: object, definition: KpiDefinition | undefined): Partial<KpiDefinition> {
  const names = Object.keys(change) as (keyof KpiDefinition)[];
  return Object.fromEntries(names.map((name) => [name, definition?.[name]]));
}
