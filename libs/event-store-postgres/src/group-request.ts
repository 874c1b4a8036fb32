/** A plan as the parameters of `append_group`, and its answer as results. */
import type { AppendResult, Position, Revision } from '#lib/event-store';
import { arrayOf, EventColumns } from './event-columns.js';
import type { AppendToWrite, GroupPlan, PlannedWrite } from './group-plan.js';
import type { KindIds } from './kind-ids.js';

/** Position before the group, recorded time, and the streams' last revisions before the group (null: a new stream). */
export type GroupAnswer = readonly [Position, bigint, ...(Revision | null)[]];

/** @param kinds knows the kinds of all events of the plan */
export function parametersOf<Append extends AppendToWrite>(plan: GroupPlan<Append>, kinds: KindIds): unknown[] {
  const { streams, writes } = plan;
  const columns = new EventColumns();
  for (const { append, stream, offset } of writes)
    append.events.forEach((event, index) =>
      // Arrays count from 1 in SQL, and so do the events that follow a stream's last one.
      columns.add(event, stream + 1, offset + index + 1, kinds.of(append.stream, event.type)),
    );
  return [
    streams.map((stream) => stream.name),
    arrayOf(streams.map((stream) => stream.condition)),
    arrayOf(streams.map((stream) => stream.revision)),
    ...columns.parameters(),
  ];
}

/** @param firstRevision where a new stream begins to count */
export function resultsOf<Append extends AppendToWrite>(
  writes: readonly PlannedWrite<Append>[],
  [head, recordedAt_ms, ...revisions]: GroupAnswer,
  firstRevision: Revision,
): { readonly append: Append; readonly answer: AppendResult }[] {
  let position = head;
  return writes.map(({ append, stream, offset }) => {
    const count = BigInt(append.events.length);
    position += count;
    const before = (revisions[stream] ?? firstRevision - 1n) + BigInt(offset);
    const answer: AppendResult = {
      outcome: 'appended',
      firstRevision: before + 1n,
      lastRevision: before + count,
      position,
      recordedAt_ms: Number(recordedAt_ms),
    };
    return { append, answer };
  });
}
