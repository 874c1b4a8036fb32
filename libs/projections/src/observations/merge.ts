import { type SeriesChange } from '../batch-changes.js';
import { type Arrivals } from './arrivals.js';
import { type Columns } from './block.js';

/** A value that was replaced, and the positions between which it was the one in force (`from` inclusive, `until` not). */
export interface ReplacedValue {
  readonly at_ms: number;
  readonly value: number;
  readonly flag: string | null;
  readonly from: number;
  readonly until: number;
}

/** How often the same value came again, or another one replaced it, by the position of the event that brought it. */
export interface Recurrence {
  readonly position: number;
  readonly repeats: number;
  readonly corrections: number;
}

/** Gathers what happens to one series in a batch. */
export class SeriesOutcome implements SeriesChange {
  readonly at_ms: number[] = [];
  readonly value: number[] = [];
  readonly isNew: boolean[] = [];
  readonly firstPosition: number[] = [];
  readonly lastPosition: number[] = [];
  readonly replaced: ReplacedValue[] = [];
  readonly recurrences = new Map<number, Recurrence>();
  added = 0;

  constructor(readonly seriesId: number) {}

  change(at_ms: number, value: number, isNew: boolean, first: number, last: number): void {
    this.at_ms.push(at_ms);
    this.value.push(value);
    this.isNew.push(isNew);
    this.firstPosition.push(first);
    this.lastPosition.push(last);
    if (isNew) this.added += 1;
  }

  recur(position: number, kind: 'repeats' | 'corrections'): void {
    const before = this.recurrences.get(position) ?? { position, repeats: 0, corrections: 0 };
    this.recurrences.set(position, { ...before, [kind]: before[kind] + 1 });
  }
}

/**
 * Merges arrivals `start` to `end` (of one series, sorted by time and arrival) into the columns of a block. The newest
 * recorded value wins; the same value and flag again changes nothing and is counted.
 */
export function merge(
  block: Columns | null,
  arrivals: Arrivals,
  start: number,
  end: number,
  outcome: SeriesOutcome,
): Columns {
  const held = block?.at_ms.length ?? 0;
  const out = new ColumnsWriter(held + end - start);
  let old = 0;
  for (let next = start; next < end;) {
    const time_ms = arrivals.at_ms[next]!;
    while (old < held && block!.at_ms[old]! < time_ms) out.push(block!, old++);
    let same = next + 1;
    while (same < end && arrivals.at_ms[same] === time_ms) same += 1;
    const exists = old < held && block!.at_ms[old] === time_ms;
    if (exists) settle(block!, old++, arrivals, next, same, outcome, out);
    else settle(null, 0, arrivals, next, same, outcome, out);
    next = same;
  }
  while (old < held) out.push(block!, old++);
  return out.finish();
}

/** Plays the arrivals of one time, in the order of the log, on the observation that is there (if any). */
function settle(
  block: Columns | null,
  old: number,
  arrivals: Arrivals,
  start: number,
  end: number,
  outcome: SeriesOutcome,
  out: ColumnsWriter,
): void {
  const time_ms = arrivals.at_ms[start]!;
  const source = block ?? arrivals;
  const at = block ? old : start;
  let value = source.value[at]!;
  let flag = source.flag?.[at] ?? null;
  let from = source.position[at]!;
  let first = block ? Number.NaN : from;
  for (let index = block ? start : start + 1; index < end; index += 1) {
    const position = arrivals.position[index]!;
    const newValue = arrivals.value[index]!;
    const newFlag = arrivals.flag?.[index] ?? null;
    if (newValue === value && newFlag === flag) {
      outcome.recur(position, 'repeats');
      continue;
    }
    // Replaced inside one event, it was never in force at any position that can be asked for.
    if (position > from) outcome.replaced.push({ at_ms: time_ms, value, flag, from, until: position });
    outcome.recur(position, 'corrections');
    if (Number.isNaN(first)) first = position;
    value = newValue;
    flag = newFlag;
    from = position;
  }
  out.add(time_ms, value, from, flag);
  if (!Number.isNaN(first)) outcome.change(time_ms, value, block === null, first, from);
}

/** Columns that grow up to a size known beforehand. */
class ColumnsWriter {
  private readonly at_ms: Float64Array;
  private readonly value: Float64Array;
  private readonly position: Float64Array;
  private flag: (string | null)[] | null = null;
  private count = 0;

  constructor(capacity: number) {
    this.at_ms = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
    this.position = new Float64Array(capacity);
  }

  push(columns: Columns, index: number): void {
    this.add(columns.at_ms[index]!, columns.value[index]!, columns.position[index]!, columns.flag?.[index] ?? null);
  }

  add(at_ms: number, value: number, position: number, flag: string | null): void {
    this.at_ms[this.count] = at_ms;
    this.value[this.count] = value;
    this.position[this.count] = position;
    if (flag !== null) this.flag ??= new Array<string | null>(this.at_ms.length).fill(null);
    if (this.flag !== null) this.flag[this.count] = flag;
    this.count += 1;
  }

  finish(): Columns {
    return sliceOf({ at_ms: this.at_ms, value: this.value, position: this.position, flag: this.flag }, 0, this.count);
  }
}

/** A part of the columns, without copying the numbers. */
export function sliceOf(columns: Columns, start: number, end: number): Columns {
  return {
    at_ms: columns.at_ms.subarray(start, end),
    value: columns.value.subarray(start, end),
    position: columns.position.subarray(start, end),
    flag: columns.flag?.slice(start, end) ?? null,
  };
}
