/**
 * Observations lie in blocks: up to BLOCK_OBSERVATIONS_MAX of one series, in the order of their time, as packed columns.
 * One row an observation was measured first and rejected: the B-tree's scattered pages held it at 0.9 million a second, and
 * reading a year of raw values for a percentile took a third of a second.
 */
export interface Columns {
  readonly at_ms: Float64Array;
  readonly value: Float64Array;
  /** Log position from which the value is the one in force. */
  readonly position: Float64Array;
  /** Null when no observation of the block has a flag. */
  readonly flag: readonly (string | null)[] | null;
}

/** 16 bytes each and the header then fit one SQLite page of 4,096 bytes, so a block never needs an overflow page. */
export const BLOCK_OBSERVATIONS_MAX = 240;

/** Times and positions as 32-bit distances from the block's first time and smallest position, or as 64-bit floats. */
const NARROW = 1;
const WIDE = 2;
const HEADER_SIZE_bytes = 16;
const DISTANCE_MAX = 0xffff_ffff;

/** The columns as bytes; flags are kept apart, because most blocks have none. `from_ms` is the first time. */
export function encodeBlock(columns: Columns): Buffer {
  const { at_ms, value, position } = columns;
  const count = at_ms.length;
  const from_ms = at_ms[0] ?? 0;
  let base = position[0] ?? 0;
  let last = base;
  for (let index = 1; index < count; index += 1) {
    base = Math.min(base, position[index]!);
    last = Math.max(last, position[index]!);
  }
  const narrow = fitsNarrow(at_ms, last - base);
  const bytes = new ArrayBuffer(HEADER_SIZE_bytes + count * (narrow ? 16 : 24));
  new Float64Array(bytes, 0, 2).set([narrow ? NARROW : WIDE, base]);
  new Float64Array(bytes, HEADER_SIZE_bytes, count).set(value);
  const Distance = narrow ? Uint32Array : Float64Array;
  const start = HEADER_SIZE_bytes + count * 8;
  const times = new Distance(bytes, start, count);
  const positions = new Distance(bytes, start + times.byteLength, count);
  for (let index = 0; index < count; index += 1) {
    times[index] = at_ms[index]! - from_ms;
    positions[index] = position[index]! - base;
  }
  return Buffer.from(bytes);
}

export function decodeBlock(payload: Buffer, from_ms: number, flags: string | null): Columns {
  // A buffer from the engine may start anywhere; typed arrays must start on a multiple of their width.
  const offset = payload.byteOffset % 8 === 0 ? payload.byteOffset : 0;
  const bytes = (offset === payload.byteOffset ? payload.buffer : new Uint8Array(payload).buffer) as ArrayBuffer;
  const [layout = NARROW, base = 0] = new Float64Array(bytes, offset, 2);
  const width = layout === NARROW ? 4 : 8;
  const count = (payload.byteLength - HEADER_SIZE_bytes) / (8 + 2 * width);
  const value = new Float64Array(bytes, offset + HEADER_SIZE_bytes, count);
  const Distance = layout === NARROW ? Uint32Array : Float64Array;
  const start = offset + HEADER_SIZE_bytes + count * 8;
  const times = new Distance(bytes, start, count);
  const positions = new Distance(bytes, start + count * width, count);
  const at_ms = new Float64Array(count);
  const position = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    at_ms[index] = from_ms + times[index]!;
    position[index] = base + positions[index]!;
  }
  return { at_ms, value, position, flag: flags === null ? null : (JSON.parse(flags) as (string | null)[]) };
}

/** Flags as the table keeps them: null where there is none. */
export function encodeFlags(flag: Columns['flag']): string | null {
  return flag === null || flag.every((entry) => entry === null) ? null : JSON.stringify(flag);
}

function fitsNarrow(at_ms: Float64Array, positionSpan: number): boolean {
  const span_ms = (at_ms[at_ms.length - 1] ?? 0) - (at_ms[0] ?? 0);
  if (span_ms > DISTANCE_MAX || positionSpan > DISTANCE_MAX) return false;
  // Times with a fraction of a millisecond (nothing sends them today) keep it in the wide layout.
  return at_ms.every((time_ms) => Number.isInteger(time_ms));
}
