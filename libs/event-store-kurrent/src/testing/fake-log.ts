/**
 * The log of a double of EventStoreDB: what the documentation and the server's sources say of revisions, idempotence,
 * deletion and positions, in memory. It is no proof about the real server; the contract suite against EVENTSTOREDB_URL is.
 */
export interface FakeRecord {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare; far apart, as offsets are. */
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly userMetadata: Uint8Array;
  readonly createdAt_ms: number;
}

export type Proposed = Pick<FakeRecord, 'id' | 'type' | 'contentType' | 'data' | 'userMetadata'>;

/** What an append expects; the adapter never says «any» or «stream exists». */
export type Expected = bigint | 'no-stream' | 'any';

export type Written =
  | { readonly outcome: 'written'; readonly last: bigint; readonly position: bigint }
  | { readonly outcome: 'wrong-version'; readonly current: bigint | null }
  | { readonly outcome: 'deleted' };

interface FakeStream {
  records: FakeRecord[];
  /** Events before this revision are gone for readers. */
  truncateBefore: bigint;
  isTombstoned: boolean;
}

const FIRST_POSITION = 2_000n;
const RECORD_OVERHEAD_bytes = 96;

export class FakeLog {
  readonly records: FakeRecord[] = [];
  readonly #streams = new Map<string, FakeStream>();
  readonly #listeners = new Set<() => void>();
  #nextPosition = FIRST_POSITION;
  /** The leader's clock. */
  now: () => number = Date.now;

  /** Hears of every write. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(stream: string, expected: Expected, proposed: readonly Proposed[]): Written {
    const known = this.#streamOf(stream);
    if (known.isTombstoned) return { outcome: 'deleted' };
    const current = BigInt(known.records.length) - 1n;
    const isSoftDeleted = current >= 0n && known.truncateBefore > current;
    const wanted = expected === 'any' ? current : expected === 'no-stream' ? -1n : expected;
    if (wanted < current && isRepeated(known.records, wanted, proposed))
      return written(known.records, wanted, proposed);
    const isFresh = expected === 'no-stream' && isSoftDeleted;
    if (wanted !== current && !isFresh) return { outcome: 'wrong-version', current: current < 0n ? null : current };
    for (const event of proposed) this.#write(stream, known, event);
    for (const listener of this.#listeners) listener();
    return written(known.records, current, proposed);
  }

  /** Readable events of a stream in order; null when there are none. */
  readable(stream: string): FakeRecord[] | null {
    const known = this.#streams.get(stream);
    const records = known?.records.filter((record) => record.revision >= known.truncateBefore) ?? [];
    return records.length === 0 ? null : records;
  }

  isTombstoned(stream: string): boolean {
    return this.#streams.get(stream)?.isTombstoned ?? false;
  }

  softDelete(stream: string): void {
    const known = this.#streamOf(stream);
    known.truncateBefore = BigInt(known.records.length);
    this.system(`$$${stream}`, '$metadata');
  }

  /** Hides the events before a revision, as $maxCount or $tb do, without deleting the stream. */
  truncate(stream: string, before: bigint): void {
    this.#streamOf(stream).truncateBefore = before;
  }

  tombstone(stream: string): void {
    this.#streamOf(stream).isTombstoned = true;
  }

  /** An event of the server's own, or of a stranger. */
  system(stream: string, type: string, data = '{}', contentType = 'application/json'): void {
    const id = `00000000-0000-4000-8000-${String(this.records.length).padStart(12, '0')}`;
    const content = { contentType, data: Buffer.from(data), userMetadata: new Uint8Array() };
    this.#write(stream, this.#streamOf(stream), { id, type, ...content });
    for (const listener of this.#listeners) listener();
  }

  #streamOf(stream: string): FakeStream {
    const known = this.#streams.get(stream) ?? { records: [], truncateBefore: 0n, isTombstoned: false };
    this.#streams.set(stream, known);
    return known;
  }

  #write(stream: string, known: FakeStream, event: Proposed): void {
    const place = { stream, revision: BigInt(known.records.length), position: this.#nextPosition };
    const record = { ...event, ...place, createdAt_ms: this.now() };
    this.#nextPosition += BigInt(RECORD_OVERHEAD_bytes + event.data.length + event.userMetadata.length);
    known.records.push(record);
    this.records.push(record);
  }

  /** Where the next record will be: what a server's checkpoint may point at. */
  get end(): bigint {
    return this.#nextPosition;
  }
}

/** The same ids at the same revisions: an append that was done already. */
function isRepeated(records: readonly FakeRecord[], after: bigint, proposed: readonly Proposed[]): boolean {
  return proposed.every((event, index) => records[Number(after) + 1 + index]?.id === event.id);
}

function written(records: readonly FakeRecord[], after: bigint, proposed: readonly Proposed[]): Written {
  const last = records[Number(after) + proposed.length]!;
  return { outcome: 'written', last: last.revision, position: last.position };
}
