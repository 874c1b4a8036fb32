import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  OBSERVATION_EVENT_SIZE_MAX_bytes,
  OBSERVATIONS_PER_EVENT_MAX,
  type ObservationColumns,
  type QuarantinedObservation,
} from '#lib/domain';
import { registeredSeriesFrom } from '../registry/registered-series.js';
import { acceptedIn, emptyBatch, NOW_ms, rowsOf, seriesOf, SOURCE_ID } from '../spec-support/intake-fixture.js';
import { packEvents } from './event-packing.js';
import type { RequestBatch } from './request-batch.js';

/** Times of any distance: the packing must not depend on what the time window lets through. */
const timeWindow = { maxAhead_ms: Number.MAX_SAFE_INTEGER };
const SERIES = Array.from({ length: 1200 }, (_, i) =>
  registeredSeriesFrom({ ...seriesOf(`${'long/'.repeat(24)}${i}`), timeWindow }, i, false),
);

type Row = readonly [series: number, at_ms: number, value: number, flag: string | null];

function batchOf(rows: readonly Row[]): RequestBatch {
  const batch = emptyBatch();
  for (const [series, at_ms, value, flag] of rows) expect(batch.offer(SERIES[series]!, at_ms, value, flag)).toBeNull();
  return batch;
}

function unpacked(batches: readonly RequestBatch[]): { rows: object[]; quarantined: QuarantinedObservation[] } {
  const rows: object[] = [];
  const quarantined: QuarantinedObservation[] = [];
  for (const { type, data } of packEvents(SOURCE_ID, batches)) {
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(OBSERVATION_EVENT_SIZE_MAX_bytes);
    const parsed = JSON.parse(data) as ObservationColumns & { items: QuarantinedObservation[] };
    expect(parsed.sourceId).toBe(SOURCE_ID);
    if (type === 'ObservationsQuarantined') {
      quarantined.push(...parsed.items);
      continue;
    }
    expect(parsed.value.length).toBeLessThanOrEqual(OBSERVATIONS_PER_EVENT_MAX);
    expect(parsed.step_ms.length).toBe(parsed.value.length);
    expect(parsed.step_ms[0]).toBe(0);
    expect(new Set(parsed.series).size).toBe(parsed.series.length);
    rows.push(...rowsOf(parsed));
  }
  return { rows, quarantined };
}

describe('packing observations into events', () => {
  it('makes one event of what fits, without a flag column when nothing is flagged', () => {
    const events = packEvents(SOURCE_ID, [
      batchOf([
        [0, NOW_ms, 1.5, null],
        [1, NOW_ms - 10, 2, 'A'],
      ]),
    ]);
    expect(events.map((event) => JSON.parse(event.data) as unknown)).toEqual([
      {
        sourceId: SOURCE_ID,
        series: [SERIES[0]!.seriesKey, SERIES[1]!.seriesKey],
        seriesIndex: [0, 1],
        from_ms: NOW_ms,
        step_ms: [0, -10],
        value: [1.5, 2],
      },
    ]);
    expect(packEvents(SOURCE_ID, [emptyBatch()])).toEqual([]);
  });

  it('splits by count and by size: 1,200 series with long keys and long numbers', () => {
    const rows = SERIES.map((_, i): Row => [i, NOW_ms - i * 1e10, Math.PI * 10 ** -(i % 90), i % 7 === 0 ? 'E' : null]);
    const batch = batchOf(rows);
    expect(packEvents(SOURCE_ID, [batch]).length).toBeGreaterThan(2);
    expect(unpacked([batch]).rows).toEqual(acceptedIn(batch));
  });

  it('keeps quarantine events within their size, in order', () => {
    const batch = emptyBatch();
    const originals = Array.from({ length: 40 }, (_, i) => '"\\'.repeat(i * 100));
    for (const original of originals) batch.quarantine({ reason: 'not-finite', detail: 'no number' }, original);
    expect(unpacked([batch]).quarantined.map((item) => item.original)).toEqual(originals);
  });

  it('law: several batches together hold what each held, in order, bit for bit', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x));
    const flag = fc.constantFrom(null, 'E', 'Q');
    const row = fc.tuple(fc.nat(5), fc.integer({ min: -1e14, max: 1e14 }), value, flag);
    const rows = fc.uniqueArray(row, { maxLength: 50, selector: ([series, at_ms]) => `${series} ${at_ms}` });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (groups) => {
        const batches = groups.map(batchOf);
        expect(unpacked(batches).rows).toEqual(batches.flatMap(acceptedIn));
        expect(batches.flatMap(acceptedIn).map((one) => one.value)).toEqual(groups.flat().map((one) => one[2]));
      }),
    );
  });
});
