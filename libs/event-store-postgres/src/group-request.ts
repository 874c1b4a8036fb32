/** A plan as the parameters of `append_group`, and its answer as results. */
import type { AppendResult, Position, Revision } from '#lib/event-store';
import type { AppendToWrite, EventToWrite, GroupPlan, PlannedWrite } from './group-plan.js';

/** What `append_group` answers: the position before the group, the recorded time, the streams' last revisions before. */
export type GroupAnswer = readonly [Position, bigint, ...Revision[]];

const arrayOf = (words: readonly (string | number | bigint)[]): string => `{${words.join()}}`;

/**
 * All metadata and data in one buffer with offsets: as an array of texts, every quotation mark of the JSON would be escaped
 * here and unescaped there.
 * @param kindOf the number of the kind of an event in a stream
 */
export function parametersOf<Append extends AppendToWrite>(
  plan: GroupPlan<Append>,
  kindOf: (stream: string, type: string) => number,
): unknown[] {
  const { streams, writes } = plan;
  const columns = new EventColumns();
  for (const { append, stream, offset } of writes)
    append.events.forEach((event, index) =>
      // Arrays count from 1 in SQL, and so do the events that follow a stream's last one.
      columns.add(event, stream + 1, offset + index + 1, kindOf(append.stream, event.type)),
    );
  return [
    streams.map((stream) => stream.name),
    arrayOf(streams.map((stream) => stream.condition)),
    arrayOf(streams.map((stream) => stream.revision)),
    ...columns.parameters(),
  ];
}

class EventColumns {
  readonly #streams: number[] = [];
  readonly #ordinals: number[] = [];
  readonly #kinds: number[] = [];
  readonly #versions: number[] = [];
  readonly #ids: string[] = [];
  readonly #forms: number[] = [];
  readonly #metadataStarts: number[] = [];
  readonly #dataStarts: number[] = [];
  readonly #dataEnds: number[] = [];
  readonly #texts: string[] = [];
  #size_bytes = 0;

  add(event: EventToWrite, stream: number, ordinal: number, kind: number): void {
    this.#streams.push(stream);
    this.#ordinals.push(ordinal);
    this.#kinds.push(kind);
    this.#versions.push(event.schemaVersion);
    this.#ids.push(event.id);
    this.#forms.push(event.stored.form);
    this.#metadataStarts.push(this.#addText(event.metadata));
    this.#dataStarts.push(this.#addText(event.stored.text));
    this.#dataEnds.push(this.#size_bytes + 1);
  }

  /** @returns where it starts, counted from 1 */
  #addText(text: string): number {
    const start = this.#size_bytes + 1;
    this.#texts.push(text);
    this.#size_bytes += Buffer.byteLength(text);
    return start;
  }

  parameters(): unknown[] {
    const payload = Buffer.allocUnsafe(this.#size_bytes);
    let at = 0;
    for (const text of this.#texts) at += payload.write(text, at);
    const numbers = [this.#streams, this.#ordinals, this.#kinds, this.#versions].map(arrayOf);
    const offsets = [this.#forms, this.#metadataStarts, this.#dataStarts, this.#dataEnds].map(arrayOf);
    return [...numbers, arrayOf(this.#ids), ...offsets, payload];
  }
}

export function resultsOf<Append extends AppendToWrite>(
  writes: readonly PlannedWrite<Append>[],
  [head, recordedAt_ms, ...revisions]: GroupAnswer,
): { readonly append: Append; readonly answer: AppendResult }[] {
  let position = head;
  return writes.map(({ append, stream, offset }) => {
    const count = BigInt(append.events.length);
    position += count;
    const before = revisions[stream]! + BigInt(offset);
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
