import { describe, expect, it } from '@jest/globals';
import type { CsvMapping } from '#lib/domain';
import type { RequestBatch } from '../check/request-batch.js';
import type { DoorError } from '../door/door-error.js';
import { acceptedIn, emptyBatch, registryWithSeries, seriesOf } from '../spec-support/intake-fixture.js';
import { readCsvBody } from './csv-body.js';

const LOCAL: CsvMapping = { time: { column: 'when', format: 'local' }, valueColumn: 'pm' };

function read(text: string, mappings: Record<string, CsvMapping>, timeZone?: string): RequestBatch {
  const series = Object.entries(mappings).map(([key, mapping]) => seriesOf(key, mapping));
  const batch = emptyBatch();
  readCsvBody(Buffer.from(text), batch, registryWithSeries(series, timeZone));
  return batch;
}

function errorOf(text: string, mappings: Record<string, CsvMapping> = { pm: LOCAL }): string {
  try {
    read(text, mappings);
  } catch (error) {
    return (error as DoorError).code;
  }
  return 'accepted';
}

describe('observations as CSV', () => {
  it('reads wall time in the zone of the organisation or of the mapping, across daylight saving', () => {
    const text = 'when,pm\n2026-03-28,1\n2026-03-29 12:00,2\r\n2026-10-25T02:30:00,3\n';
    expect(acceptedIn(read(text, { pm: LOCAL })).map((row) => new Date(row.at_ms).toISOString())).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-29T10:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
    ]);
    const shanghai = read('when,pm\n2026-03-28,1\n', { pm: { ...LOCAL, timeZone: 'Asia/Shanghai' } });
    expect(acceptedIn(shanghai)[0]!.at_ms).toBe(Date.UTC(2026, 2, 27, 16));
  });

  it('rejects a wall time that never was', () => {
    const batch = read('when,pm\n2026-03-29 02:30,1\n2026-02-30,1\nnever,1\n', { pm: LOCAL });
    expect(batch.problems.map((problem) => problem.reason)).toEqual(['BAD_TIME', 'BAD_TIME', 'BAD_TIME']);
  });

  it('reads time from columns of its parts, RFC 3339 and epoch milliseconds', () => {
    const parts: CsvMapping = { time: { year: 'y', month: 'm', day: 'd', hour: 'h' }, valueColumn: 'v' };
    const rows = acceptedIn(read('y,m,d,h,v\n2010,1,2,0,129\n2010,1,2,1,148\n', { v: parts }, 'Asia/Shanghai'));
    expect(rows.map((row) => row.at_ms)).toEqual([Date.UTC(2010, 0, 1, 16), Date.UTC(2010, 0, 1, 17)]);
    const text = 't,ms,v\n2026-01-01T00:00:00+01:00,1767222000001,5\n';
    const both = read(text, {
      a: { time: { column: 't', format: 'rfc3339' }, valueColumn: 'v' },
      b: { time: { column: 'ms', format: 'epoch-ms' }, valueColumn: 'v' },
    });
    expect(acceptedIn(both).map((row) => row.at_ms)).toEqual([1_767_222_000_000, 1_767_222_000_001]);
  });

  it('feeds several series from one row, and chooses rows by the texts of their columns', () => {
    const where = (org: string, valueColumn: string): CsvMapping => ({ ...LOCAL, valueColumn, where: { org } });
    const text = 'when,org,seen,late\n2026-01-01,RF4,100,7\n2026-01-01,"R""X",50,1\n2026-01-01,ZZZ,9,9\n';
    const batch = read(text, {
      'rf4/seen': where('RF4', 'seen'),
      'rf4/late': where('RF4', 'late'),
      'rx/seen': where('R"X', 'seen'),
    });
    expect(acceptedIn(batch).map((row) => [row.series, row.value])).toEqual([
      ['rf4/seen', 100],
      ['rf4/late', 7],
      ['rx/seen', 50],
    ]);
    expect(batch.quarantined).toEqual([
      expect.objectContaining({ reason: 'unknown-series', original: '2026-01-01,ZZZ,9,9' }),
    ]);
    expect(batch.sent).toBe(4);
  });

  it('quarantines cells that are no finite number with the bytes of their row', () => {
    const cells = ['', 'NA', 'NaN', 'null', 'Infinity', '0x10', '1e999', '1,5'];
    const lines = cells.map((cell, i) => `2026-01-${10 + i},"${cell}"`);
    const batch = read(`when,pm\n${lines.join('\n')}`, { pm: LOCAL });
    expect(batch.quarantined.map((item) => [item.reason, item.original])).toEqual(
      lines.map((line) => ['not-finite', line]),
    );
    expect(batch.quarantined[0]).toMatchObject({ series: 'pm', observedAt_ms: Date.UTC(2026, 0, 9, 23) });
  });

  it('takes the number forms of CSV and nothing that would change', () => {
    const batch = read('when,pm\n2026-01-01,+1.50\n2026-01-02,.5\n2026-01-03, 7. \n2026-01-04,9007199254740993\n', {
      pm: LOCAL,
    });
    expect(acceptedIn(batch).map((row) => row.value)).toEqual([1.5, 0.5, 7]);
    expect(batch.problems).toEqual([expect.objectContaining({ index: 3, reason: 'NUMBER_NOT_EXACT' })]);
  });

  it('rejects rows of another length and with control characters', () => {
    const batch = read('when,pm\n2026-01-01\n2026-01-02,1,2\n2026-01-03,"1\u0000"\n2026-01-04,4\n', { pm: LOCAL });
    expect(batch.problems.map((problem) => problem.reason)).toEqual([
      'WRONG_COLUMN_COUNT',
      'WRONG_COLUMN_COUNT',
      'TEXT_NOT_ALLOWED',
    ]);
    expect(batch.counts().accepted).toBe(1);
  });

  it('leaves out series whose columns the upload lacks, and refuses an upload that feeds none', () => {
    const other: CsvMapping = { ...LOCAL, valueColumn: 'no2' };
    expect(read('when,pm\n2026-01-01,1\n', { pm: LOCAL, no2: other }).counts().sent).toBe(1);
    expect(errorOf('when,no2\n2026-01-01,1\n')).toBe('CSV_COLUMNS_UNKNOWN');
    expect(errorOf('\n\n')).toBe('CSV_COLUMNS_UNKNOWN');
    expect(errorOf('when,pm\n2026-01-01,1\n', {})).toBe('CSV_NOT_MAPPED');
  });

  it('says how to map a source, and which columns were looked for and found', () => {
    const messageOf = (text: string, mappings: Record<string, CsvMapping> = { pm: LOCAL }): string => {
      try {
        read(text, mappings);
      } catch (error) {
        return (error as DoorError).message;
      }
      return 'accepted';
    };
    expect(messageOf('when,pm\n', {})).toMatch(/PUT \/v1\/series.*"column".*"valueColumn".*"year"/);
    expect(messageOf('when,no2\n')).toBe('the header lacks the registered columns "pm"; it has "when", "no2"');
    expect(messageOf('when;pm\n')).toMatch(/it has "when;pm"; columns must be separated by commas/);
    expect(messageOf('\n')).toMatch(/it has none$/);
    const wide = Array.from({ length: 1200 }, (_, i) => `c${i}`).join(',');
    expect(messageOf(wide)).toMatch(/"c19" and 1180 more$/);
  });

  it('rejects seconds in a column of epoch milliseconds', () => {
    const batch = read('ms,v\n1767222000,5\n', { b: { time: { column: 'ms', format: 'epoch-ms' }, valueColumn: 'v' } });
    expect(batch.problems).toEqual([
      expect.objectContaining({ reason: 'BAD_TIME', detail: expect.stringContaining('looks like seconds') }),
    ]);
  });

  it('refuses what is not CSV, rows without end and too many rows', () => {
    expect(errorOf('when,pm\n2026-01-01,"1\n')).toBe('MALFORMED_CSV');
    expect(errorOf('when,pm\n2026-01-01,a"b"\n')).toBe('MALFORMED_CSV');
    expect(errorOf(`when,pm\n2026-01-01,${'x'.repeat(20_000)}\n`)).toBe('MALFORMED_CSV');
    expect(errorOf(`when,pm\n${','.repeat(8_000_000)}\n`)).toBe('MALFORMED_CSV');
    expect(errorOf(`when,pm\n2026-01-01,"${'x'.repeat(9000)}"\n`)).toBe('MALFORMED_CSV');
    expect(errorOf('when,pm\n2026-01-01,"1"2\n')).toBe('MALFORMED_CSV');
    expect(errorOf(`when,pm\n${'2026-01-01,\n'.repeat(10_001)}`)).toBe('TOO_MANY_OBSERVATIONS');
    expect(errorOf(`when,pm\n${'2026-01-01,\n'.repeat(10_000)}`)).toBe('accepted');
  });

  it('knows every line end, quoted line ends and commas, and a last line without an end', () => {
    const text = 'when,pm,"a ""note"""\r2026-01-01,1,"x,\r\n""y"""\r\n\r\n2026-01-02,,"z\nz"\n2026-01-03,"3",';
    const batch = read(text, { pm: LOCAL, noted: { ...LOCAL, where: { 'a "note"': 'x,\r\n"y"' } } });
    expect(acceptedIn(batch).map((row) => [row.series, row.value])).toEqual([
      ['pm', 1],
      ['noted', 1],
      ['pm', 3],
    ]);
    expect(batch.quarantined.map((item) => item.original)).toEqual(['2026-01-02,,"z\nz"']);
    expect(batch.counts().rejected).toBe(0);
  });

  it('takes conditions in whatever order registrations name their columns', () => {
    const batch = read('when,a,b,pm\n2026-01-01,1,2,5\n2026-01-02,2,1,6\n', {
      one: { ...LOCAL, where: { a: '1', b: '2' } },
      other: { ...LOCAL, where: { b: '1', a: '2' } },
    });
    expect(acceptedIn(batch).map((row) => [row.series, row.value])).toEqual([
      ['one', 5],
      ['other', 6],
    ]);
  });

  it('does not keep a row for each of very many series', () => {
    const mappings = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`s${i}`, LOCAL]));
    expect(errorOf(`when,pm,note\n2026-01-01,NA,${'x'.repeat(8000)}\n`, mappings)).toBe('QUARANTINE_TOO_LARGE');
  });
});
