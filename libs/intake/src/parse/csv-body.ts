import type { QuarantineFinding, RequestBatch } from '../check/request-batch.js';
import { DoorError } from '../door/door-error.js';
import type { RegisteredSeries } from '../registry/registered-series.js';
import type { SourceRegistry } from '../registry/source-registry.js';
import { type CsvFeed, type CsvPlan, feedsOf, planFor, type RowTime } from './csv-plan.js';
import { CsvProblem, type CsvRow, csvRows } from './csv-rows.js';
import { isInstant } from './instant.js';
import { shortened } from './json-scanner.js';
import { numberFate } from './number-text.js';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const CONTROL_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Columns that an answer lists: both names that the sender chose and ours. */
const COLUMNS_SHOWN_MAX = 20;
/** What somebody who uploads a first file needs to know. */
const HOW_TO_MAP =
  'no series of this source says how it appears in CSV: register it with the series (PUT /v1/series) as csv, for example ' +
  '{"time":{"column":"when","format":"rfc3339"},"valueColumn":"pm25","where":{"station":"3"}}; format may be rfc3339, ' +
  'local or epoch-ms; columns of a date are given as {"time":{"year":"y","month":"m","day":"d","hour":"h"}}';

/**
 * `text/csv` (RFC 4180, comma, first line is the header). Which columns mean what is said by the registrations of the
 * source's series, never by the upload. A row counts as one observation for each series that it feeds; a row that feeds
 * none is quarantined as one of an unknown series.
 *
 * @throws DoorError
 */
export function readCsvBody(body: Buffer, batch: RequestBatch, registry: SourceRegistry): void {
  const mapped = registry.csvSeriesOf(batch.sourceId);
  if (mapped.length === 0) {
    throw new DoorError('unprocessable', 'CSV_NOT_MAPPED', HOW_TO_MAP);
  }
  try {
    takeRows(csvRows(body.toString('utf8')), mapped, batch, registry.timeZone);
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    throw new DoorError('bad-request', 'MALFORMED_CSV', `the body is not RFC 4180 CSV: ${error.message}`);
  }
}

function takeRows(
  rows: Iterator<CsvRow>,
  mapped: readonly RegisteredSeries[],
  batch: RequestBatch,
  timeZone: string,
): void {
  const first = rows.next();
  const header = first.done === true ? [] : first.value.cells;
  const plan = planFor(header, mapped, timeZone);
  if (plan.feeds === 0) {
    throw new DoorError('unprocessable', 'CSV_COLUMNS_UNKNOWN', unknownColumns(header, plan.missingColumns));
  }
  for (let row = rows.next(); row.done !== true; row = rows.next()) takeRow(row.value, header.length, plan, batch);
}

/** What was looked for and what was found instead; a file of a spreadsheet in a country of decimal commas has semicolons. */
function unknownColumns(header: readonly string[], missing: readonly string[]): string {
  const separated = header.length === 1 && header[0]!.includes(';');
  const hint = separated ? '; columns must be separated by commas, not by semicolons (and decimals by a point)' : '';
  return `the header lacks the registered columns ${namesOf(missing)}; it has ${namesOf(header)}${hint}`;
}

function namesOf(columns: readonly string[]): string {
  if (columns.length === 0) return 'none';
  const shown = columns.slice(0, COLUMNS_SHOWN_MAX).map(shortened);
  const more = columns.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function takeRow(row: CsvRow, columns: number, plan: CsvPlan, batch: RequestBatch): void {
  const original = row.raw;
  if (row.cells.length !== columns) {
    batch.reject('WRONG_COLUMN_COUNT', `${row.cells.length} columns where the header has ${columns}`);
    return;
  }
  if (CONTROL_CHARACTER.test(original)) {
    batch.reject('TEXT_NOT_ALLOWED', 'the row holds a control character');
    return;
  }
  const times: RowTime[] = [];
  const fed = feedsOf(plan, row.cells, (feed) => {
    times[feed.clock] ??= plan.clocks[feed.clock]!(row.cells);
    takeCell(feed, row.cells[feed.valueColumn]!.trim(), times[feed.clock]!, original, batch);
  });
  if (fed === 0) {
    const detail = 'no registered series of this source takes this row';
    batch.quarantine({ reason: 'unknown-series', detail }, original);
  }
}

function takeCell(feed: CsvFeed, cell: string, time: RowTime, original: string, batch: RequestBatch): void {
  if (typeof time === 'string' || !isInstant(time)) {
    batch.reject('BAD_TIME', typeof time === 'string' ? time : 'the row has no time of the registered format');
    return;
  }
  if (!DECIMAL.test(cell)) {
    quarantineCell(feed, time, original, batch, { reason: 'not-finite', detail: `${shortened(cell)} is no number` });
    return;
  }
  const fate = numberFate(cell);
  if (fate === 'inexact') {
    batch.reject('NUMBER_NOT_EXACT', `${shortened(cell)} has more digits than a 64-bit double can give back`);
    return;
  }
  const finding: QuarantineFinding | null =
    fate === 'overflow'
      ? { reason: 'not-finite', detail: `${shortened(cell)} is larger than the largest number` }
      : batch.offer(feed.series, time, Number(cell), null);
  if (finding !== null) quarantineCell(feed, time, original, batch, finding);
}

function quarantineCell(
  feed: CsvFeed,
  time: number,
  original: string,
  batch: RequestBatch,
  finding: QuarantineFinding,
): void {
  batch.quarantine(finding, original, feed.series.seriesKey, time);
}
