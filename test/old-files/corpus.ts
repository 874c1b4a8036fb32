/** Reads a corpus: a log as a version of this program wrote it, and what that version made of it. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  actionDecider,
  fold,
  goalDecider,
  kpiDecider,
  organisationDecider,
  personDecider,
  reviewDecider,
  seriesDecider,
  sourceDecider,
  unitDecider,
  type Decider,
  type DomainEventOf,
} from '#lib/domain';
import { decodeEvent, MemoryEventStore, type StoredEvent } from '#lib/event-store';
import { digestOfViews, KpiQueries, runProjections, SeriesQueries } from '#lib/projections';
import { Generations, LiveViews } from '#lib/read-models';

/** What was made of the log; later versions may know more of each thing, but nothing else. */
export interface Expected {
  /** The views were asked as of this time. */
  readonly now_ms: number;
  readonly types: Readonly<Record<string, number>>;
  /** By stream; streams without a decider (observations) are left out. */
  readonly states: Readonly<Record<string, unknown>>;
  readonly answers: unknown;
}

type AnyDecider = Decider<never, unknown, DomainEventOf<string, unknown>>;
const DECIDERS = {
  organisation: organisationDecider,
  person: personDecider,
  source: sourceDecider,
  series: seriesDecider,
  unit: unitDecider,
  goal: goalDecider,
  kpi: kpiDecider,
  review: reviewDecider,
  action: actionDecider,
} as unknown as Readonly<Record<string, AnyDecider | undefined>>;

/** One event a line; positions, revisions and recorded times as text and numbers. */
export function writeCorpusLine(file: string, event: StoredEvent): void {
  const { position, revision, ...rest } = event;
  const line = { position: String(position), revision: String(revision), ...rest };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

export function readCorpus(file: string): StoredEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const read = JSON.parse(line) as StoredEvent & { position: string; revision: string };
    return { ...read, position: BigInt(read.position), revision: BigInt(read.revision) };
  });
}

/** What this version makes of the log. */
export async function interpret(
  events: readonly StoredEvent[],
  now_ms: number,
): Promise<Expected & { digest: string }> {
  const types: Record<string, number> = {};
  for (const { type } of events) types[type] = (types[type] ?? 0) + 1;
  return { now_ms, types, states: statesOf(events), ...(await viewsOf(events, now_ms)) };
}

function statesOf(events: readonly StoredEvent[]): Record<string, unknown> {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  const states: Record<string, unknown> = {};
  for (const [stream, own] of streams) {
    const decider = DECIDERS[stream.split('-')[0]!];
    // Through JSON, because that is how the recorded ones were kept.
    if (decider !== undefined)
      states[stream] = JSON.parse(
        JSON.stringify(
          fold(
            decider,
            own.map((one) => decodeEvent(one)),
          ),
        ),
      );
  }
  return states;
}

async function viewsOf(events: readonly StoredEvent[], now_ms: number): Promise<{ answers: unknown; digest: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'old-files-'));
  // The recorded times are the old ones: the clock of the store follows them.
  let clock_ms = 0;
  const store = new MemoryEventStore({ now: () => clock_ms });
  for (const event of events) {
    clock_ms = event.recordedAt_ms;
    await store.append(event.stream, 'any', [event]);
  }
  const host = await runProjections({ store, viewsFolder: folder, now_ms: () => now_ms });
  const views = new LiveViews(new Generations(folder));
  try {
    const head = events.at(-1)!.position;
    while (!(host.progress?.caughtUp && BigInt(host.progress.position) >= head)) {
      await new Promise((done) => setTimeout(done, 5));
    }
    return { answers: JSON.parse(JSON.stringify(answersOf(views, now_ms))), digest: views.read(digestOfViews) };
  } finally {
    await host.stop();
    views.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answersOf(views: LiveViews, now_ms: number): unknown {
  const scope = { now_ms, limit: 500 };
  const kpis = new KpiQueries(views);
  const series = new SeriesQueries(views);
  const known = kpis.list({}, scope).items;
  return {
    kpis: known,
    details: known.map(({ kpiId }) => kpis.detail(kpiId, scope)),
    periods: known.map(({ kpiId }) => kpis.periods(kpiId, scope)?.items),
    rollups: series.rollups({ seriesKey: 'air/pm25/station-1' }, scope).items,
  };
}
