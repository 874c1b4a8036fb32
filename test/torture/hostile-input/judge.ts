import { Ajv } from 'ajv';
import type { StoredEvent } from '#lib/event-store';
import { headerOf, type HostileRequest, textOf } from './hostile-request.js';
import {
  saidInBinaryEvent,
  saidInCloudEvents,
  saidInCsv,
  saidInJson,
  saidInLines,
  type SaidItem,
  type SaidObservation,
} from './said-in-body.js';
import { isSameNumber } from './same-number.js';
import { readStored, type StoredObservations, type StoredRow } from './stored-events.js';

/** What a door gave back: a status and, for 200, the verdict. */
export interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

interface VerdictBody {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly rejected: number;
  readonly position: string | null;
  readonly replayed?: true;
  readonly problems: readonly {
    readonly index: number;
    readonly verdict: 'duplicate' | 'quarantined' | 'rejected';
    readonly reason: string;
  }[];
}

const COUNT = { type: 'integer', minimum: 0, maximum: 10_000 } as const;
const isVerdict = new Ajv({ allowUnionTypes: true }).compile<VerdictBody>({
  type: 'object',
  required: ['sent', 'accepted', 'duplicate', 'quarantined', 'rejected', 'position', 'problems'],
  additionalProperties: false,
  properties: {
    sent: COUNT,
    accepted: COUNT,
    duplicate: COUNT,
    quarantined: COUNT,
    rejected: COUNT,
    position: { type: ['string', 'null'], pattern: '^[1-9][0-9]*$' },
    replayed: { const: true },
    problems: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['index', 'verdict', 'reason', 'detail'],
        additionalProperties: false,
        properties: {
          index: COUNT,
          verdict: { enum: ['duplicate', 'quarantined', 'rejected'] },
          reason: { type: 'string', pattern: '^[A-Za-z_-]+$' },
          detail: { type: 'string', minLength: 1, maxLength: 1_000 },
        },
      },
    },
  },
});

const REFUSALS = new Set([400, 409, 413, 415, 422, 431]);
const PROBLEMS_SHOWN_MAX = 100;

/**
 * Holds an answer against what was sent and what the log says since.
 * @param events everything that was stored since the request was sent
 * @returns what was stored, for the account of the run
 * @throws Error that says which promise is broken
 */
export function judge(request: HostileRequest, outcome: Outcome, events: readonly StoredEvent[]): StoredObservations {
  const { status, body } = outcome;
  const stored = readStored(events);
  if (status !== 200) {
    if (!REFUSALS.has(status)) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
    if (events.length > 0) throw new Error(`refused with ${status}, and ${events.length} events were stored`);
    if (request.mustBeTaken) throw new Error(`refused what is plainly right: ${status} ${JSON.stringify(body)}`);
    return stored;
  }
  if (!isVerdict(body)) throw new Error(`no verdict: ${JSON.stringify(body)}`);
  judgeCounts(request, body);
  if (body.replayed === true) {
    if (events.length > 0) throw new Error('an answer from before, and something was stored');
    return stored;
  }
  judgePlace(body, events, stored);
  judgeContent(request, body, stored);
  return stored;
}

function judgeCounts(request: HostileRequest, verdict: VerdictBody): void {
  const { sent, accepted, duplicate, quarantined, rejected, problems } = verdict;
  if (sent !== accepted + duplicate + quarantined + rejected) throw new Error(`totals do not add up: ${sent}`);
  const notAccepted = sent - accepted;
  if (problems.length !== Math.min(notAccepted, PROBLEMS_SHOWN_MAX)) throw new Error('problems are missing');
  problems.forEach(({ index }, i) => {
    if (index >= sent || index <= (problems[i - 1]?.index ?? -1)) throw new Error(`problem ${i} has index ${index}`);
  });
  if (notAccepted <= PROBLEMS_SHOWN_MAX) {
    for (const kind of ['duplicate', 'quarantined', 'rejected'] as const) {
      const listed = problems.filter((problem) => problem.verdict === kind).length;
      if (listed !== verdict[kind]) throw new Error(`${verdict[kind]} ${kind}, but ${listed} listed`);
    }
  }
  if (request.mustBeTaken && (sent === 0 || quarantined + rejected > 0)) {
    throw new Error(`did not take what is plainly right: ${JSON.stringify(verdict)}`);
  }
}

function judgePlace(verdict: VerdictBody, events: readonly StoredEvent[], stored: StoredObservations): void {
  const { accepted, quarantined, position } = verdict;
  if (stored.rows.length !== accepted) throw new Error(`${accepted} accepted, ${stored.rows.length} stored`);
  if (stored.quarantined.length !== quarantined) {
    throw new Error(`${quarantined} quarantined, ${stored.quarantined.length} stored`);
  }
  const last = events.at(-1)?.position.toString() ?? null;
  if (position !== last) throw new Error(`the answer says position ${position}, the log ${last}`);
}

function judgeContent(request: HostileRequest, verdict: VerdictBody, stored: StoredObservations): void {
  const text = textOf(request);
  if (text === null) throw new Error('took a body that is no text');
  for (const item of stored.quarantined) {
    if (!text.includes(item.original)) throw new Error(`quarantined what was not sent: ${item.original}`);
  }
  const format = formatOf(request);
  if (format === 'csv') return judgeRows(saidInCsv(text), stored.rows);
  const items = ITEMS_OF[format](text, request);
  // Of an item that is too large the door reads no more than where it ends.
  if (items === null && verdict.problems.some(({ reason }) => reason === 'ITEM_TOO_LARGE')) return;
  if (items === null) throw new Error('took a body that is no JSON');
  if (items.length !== verdict.sent) throw new Error(`${items.length} items in the body, ${verdict.sent} counted`);
  judgeItems(items, verdict, stored);
}

type ItemFormat = 'json' | 'ndjson' | 'events' | 'binary-event';

const ITEMS_OF: Readonly<Record<ItemFormat, (text: string, request: HostileRequest) => SaidItem[] | null>> = {
  json: (text) => saidInJson(text),
  ndjson: (text) => saidInLines(text),
  events: (text) => saidInCloudEvents(text),
  'binary-event': (text, request) => saidInBinaryEvent(text, (name) => headerOf(request, name)),
};

/** The required attributes: any of them says that the sender meant an event. */
const MARKS_OF_EVENTS = new Set(['ce-specversion', 'ce-id', 'ce-source', 'ce-type']);

function formatOf(request: HostileRequest): ItemFormat | 'csv' {
  const type = (request.contentType ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'text/csv') return 'csv';
  if (type.endsWith('ndjson')) return 'ndjson';
  if (type.startsWith('application/cloudevents')) return 'events';
  return request.headers.some(([name]) => MARKS_OF_EVENTS.has(name)) ? 'binary-event' : 'json';
}

/** Item by item: what was accepted is what the item says, what was quarantined is the item itself. */
function judgeItems(items: readonly SaidItem[], verdict: VerdictBody, stored: StoredObservations): void {
  if (verdict.sent - verdict.accepted > PROBLEMS_SHOWN_MAX) return;
  const problemAt = new Map(verdict.problems.map((problem) => [problem.index, problem.verdict]));
  const rows = [...stored.rows];
  const quarantined = [...stored.quarantined];
  items.forEach((item, index) => {
    const problem = problemAt.get(index);
    if (problem === undefined) {
      const row = rows.shift();
      if (row === undefined || item.observation === null || !isSame(item.observation, row)) {
        throw new Error(`item ${index} came back as ${JSON.stringify(row)}: ${item.written}`);
      }
    } else if (problem === 'quarantined') {
      const kept = quarantined.shift()?.original;
      if (kept !== item.written) throw new Error(`item ${index} was quarantined as ${kept}: ${item.written}`);
    }
  });
}

/** Every stored row is said by a row of the body that no other stored row came from. */
function judgeRows(said: readonly SaidObservation[], rows: readonly StoredRow[]): void {
  const left = [...said];
  for (const row of rows) {
    const at = left.findIndex((observation) => isSame(observation, row));
    if (at < 0) throw new Error(`no row of the body says ${JSON.stringify(row)}`);
    left.splice(at, 1);
  }
}

function isSame(said: SaidObservation, row: StoredRow): boolean {
  return (
    said.series === row.series &&
    said.at_ms === row.at_ms &&
    said.value !== null &&
    isSameNumber(said.value, row.value) &&
    (said.flag === 'A' ? null : said.flag) === row.flag
  );
}
