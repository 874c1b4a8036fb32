import { Checkpoint, ViewDatabase } from '#lib/read-models';
import { ALL_PROJECTIONS, signatureOf } from '../all-projections.js';
import { type BatchChanges } from '../batch-changes.js';
import { type ProjectedEvent, type Projection } from '../projection.js';
import { sourceOf, type ViewSource } from '../queries/scope.js';
import { GenerationWriter } from '../runner/generation-writer.js';
import { LOG_STARTED_ms } from './written-log.js';

/** The clock of test queries: shortly after every written log. */
export const NOW = { now_ms: LOG_STARTED_ms + 3_600_000 };

/** Views in memory, written without a runner. */
export class WrittenViews {
  readonly database = ViewDatabase.open(':memory:');
  readonly source: ViewSource = sourceOf(this.database);
  private readonly writer: GenerationWriter;

  constructor(projections: readonly Projection[] = ALL_PROJECTIONS) {
    Checkpoint.create(this.database, signatureOf(projections));
    for (const projection of projections) projection.createTables(this.database);
    this.writer = new GenerationWriter(this.database, projections);
  }

  /** Writes the events in one transaction. */
  write(events: readonly ProjectedEvent[], settle = true): BatchChanges {
    const last = events[events.length - 1];
    const to = last?.position ?? this.writer.position;
    return this.writer.write({ events, undecodable: [], to, recordedAt_ms: last?.recordedAt_ms ?? null, settle });
  }

  get parked(): number {
    return this.writer.parked;
  }

  close(): void {
    this.database.close();
  }
}

/** Views of the events, written in transactions of `size` events. */
export function viewsOf(events: readonly ProjectedEvent[], size = Number.POSITIVE_INFINITY): WrittenViews {
  const views = new WrittenViews();
  for (let start = 0; start < events.length; start += size) {
    const end = Math.min(events.length, start + size);
    views.write(events.slice(start, end), end === events.length);
  }
  // A test of figures must not pass because an event was put aside.
  if (views.parked > 0)
    throw new Error(
      views.database
        .all('SELECT * FROM parked_event')
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
  return views;
}
