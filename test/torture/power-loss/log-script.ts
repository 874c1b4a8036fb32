/** What the writers of this case append, and the ledger of what they were told. Everything follows from the seed. */
import { type NewEvent, type StoredEvent, eventIdFrom } from '#lib/event-store';
import type { Random } from '../random.js';

const STREAMS = 7;
const EVENTS_PER_APPEND_MAX = 3;
const APPENDS_PER_COMMIT_MAX = 3;
/** Of the text in one event: from less than a cell to more than a page of the file, so that overflow pages occur. */
const TEXT_LENGTHS = [10, 10, 50, 100, 100, 400, 1_500, 5_000];
const metadata = { actor: { kind: 'system', id: 'torture', role: 'system' }, correlationId: 'power-loss' } as const;

/** One append: all of its events or none. */
export interface ScriptedAppend {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/** The appends that are sent together and so become one commit. */
export type ScriptedCommit = readonly ScriptedAppend[];

/** The same commits for the same generator; `index` counts from 0. */
export function scriptedCommit(random: Random, index: number): ScriptedCommit {
  const own = random.fork(`commit-${index}`);
  const appends = own.chance(0.3) ? own.integer(2, APPENDS_PER_COMMIT_MAX) : 1;
  return Array.from({ length: appends }, (_, append) => ({
    stream: `unit-${own.integer(1, STREAMS)}`,
    events: Array.from({ length: own.integer(1, EVENTS_PER_APPEND_MAX) }, (_unused, event) => ({
      id: eventIdFrom(`power-loss ${index} ${append}`, event),
      type: own.pick(['Noted', 'Counted']),
      schemaVersion: 1,
      data: JSON.stringify({ index, append, event, text: textOf(own, own.pick(TEXT_LENGTHS)) }),
      metadata,
    })),
  }));
}

function textOf(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.integer(0, 2 ** 31).toString(36);
  return text.slice(0, length);
}

/** What the log must hold after each commit. */
export class Ledger {
  /** All events in the order of the commits. */
  readonly events: NewEvent[] = [];
  /** How many events stand in the log after commit i; the log may hold one of these numbers and nothing between. */
  readonly eventsAfter: number[] = [];

  add(commit: ScriptedCommit): void {
    for (const { events } of commit) this.events.push(...events);
    this.eventsAfter.push(this.events.length);
  }

  /** Why these events are not an exact prefix with at least `commitsAcknowledged` commits; null when they are one. */
  faultOf(stored: readonly StoredEvent[], commitsAcknowledged: number): string | null {
    const owed = commitsAcknowledged === 0 ? 0 : this.eventsAfter[commitsAcknowledged - 1]!;
    if (stored.length < owed) return `${stored.length} events, but ${owed} were acknowledged`;
    if (stored.length > 0 && !this.eventsAfter.includes(stored.length)) return `a torn commit: ${stored.length} events`;
    const wrong = stored.findIndex((event, index) => !isSame(event, this.events[index]!, index));
    return wrong < 0 ? null : `another event at position ${wrong + 1}`;
  }
}

const isSame = (stored: StoredEvent, sent: NewEvent, index: number): boolean =>
  stored.position === BigInt(index + 1) &&
  stored.id === sent.id &&
  stored.type === sent.type &&
  stored.data === sent.data;
