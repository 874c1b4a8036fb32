import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { type Shelf } from '../shelf.js';
import { type Arrivals, arrivalsOf } from './arrivals.js';
import { BLOCK_OBSERVATIONS_MAX } from './block.js';
import { BlockTable, OBSERVATION_TABLES } from './block-table.js';
import { merge, SeriesOutcome } from './merge.js';

/** Observations of every series: the newest recorded value of each time, and the ones it replaced. */
export const observationsProjection: Projection = {
  name: 'observations',
  version: 1,
  handles: ['SeriesRegistered', 'ObservationsRecorded'],
  createTables: (database) => database.exec(OBSERVATION_TABLES),
  start: ({ database, shelf }) => new ObservationsHand(database, shelf),
};

class ObservationsHand implements ProjectionHand {
  private readonly blocks: BlockTable;
  private readonly insertReplaced: Statement;
  private readonly addRecurrence: Statement;
  private readonly addTotals: Statement;

  constructor(
    database: ViewDatabase,
    private readonly shelf: Shelf,
  ) {
    this.blocks = new BlockTable(database);
    this.insertReplaced = database.prepare('INSERT INTO observation_history VALUES (?, ?, ?, ?, ?, ?)');
    this.addRecurrence = database.prepare(
      `INSERT INTO series_recurrence VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET repeats = repeats + excluded.repeats, corrections = corrections + excluded.corrections`,
    );
    this.addTotals = database.prepare(
      `INSERT INTO series_total VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         observations = observations + excluded.observations,
         first_ms = min(coalesce(first_ms, excluded.first_ms), coalesce(excluded.first_ms, first_ms)),
         last_ms = max(coalesce(last_ms, excluded.last_ms), coalesce(excluded.last_ms, last_ms)),
         repeats = repeats + excluded.repeats, corrections = corrections + excluded.corrections`,
    );
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    const recorded: ProjectedEvent[] = [];
    for (const event of events) {
      // Ids are given in log order, so a registration must not overtake the observations before it.
      if (event.type === 'ObservationsRecorded') {
        for (const key of (event.data as { series: readonly string[] }).series) {
          if (typeof key !== 'string') throw new Error(`a series of the event at ${event.position} has no key`);
          this.shelf.series.idOf(key);
        }
        recorded.push(event);
      } else this.shelf.series.idOf((event.data as { seriesKey: string }).seriesKey);
    }
    if (recorded.length > 0) this.record(arrivalsOf(recorded, this.shelf.series), changes);
  }

  private record(arrivals: Arrivals, changes: BatchChanges): void {
    const { seriesId } = arrivals;
    for (let start = 0; start < seriesId.length;) {
      let end = start + 1;
      while (end < seriesId.length && seriesId[end] === seriesId[start]) end += 1;
      const outcome = new SeriesOutcome(seriesId[start]!);
      this.recordSeries(arrivals, start, end, outcome);
      this.writeOutcome(outcome);
      if (outcome.at_ms.length > 0) changes.series.push(outcome);
      start = end;
    }
  }

  /** Arrivals `start` to `end` belong to one series: hands each block the ones that it owns. */
  private recordSeries(arrivals: Arrivals, start: number, end: number, outcome: SeriesOutcome): void {
    const { seriesId } = outcome;
    for (let next = start; next < end;) {
      const first_ms = arrivals.at_ms[next]!;
      const owner = this.blocks.ownerOf(seriesId, first_ms) ?? null;
      const owned_ms = owner === null ? Number.POSITIVE_INFINITY : this.blocks.endOf(seriesId, owner);
      let until = next;
      while (until < end && arrivals.at_ms[until]! < owned_ms) until += 1;
      const isTail = owned_ms === Number.POSITIVE_INFINITY;
      const isFull = owner !== null && owner.count >= BLOCK_OBSERVATIONS_MAX;
      // The usual case once a block is full: it is neither read nor written again.
      const replaces = isTail && isFull && first_ms > owner.until_ms ? null : owner;
      const before = replaces === null ? null : this.blocks.columnsOf(replaces);
      const changed = outcome.at_ms.length;
      const columns = merge(before, arrivals, next, until, outcome);
      if (outcome.at_ms.length > changed) this.blocks.write(seriesId, replaces, columns, isTail);
      next = until;
    }
  }

  private writeOutcome(outcome: SeriesOutcome): void {
    const { seriesId, at_ms } = outcome;
    for (const { at_ms: time_ms, from, until, value, flag } of outcome.replaced) {
      this.insertReplaced.run(seriesId, time_ms, from, until, value, flag);
    }
    let repeats = 0;
    let corrections = 0;
    for (const recurrence of outcome.recurrences.values()) {
      repeats += recurrence.repeats;
      corrections += recurrence.corrections;
      this.addRecurrence.run(seriesId, recurrence.position, recurrence.repeats, recurrence.corrections);
    }
    const first_ms = at_ms[0] ?? null;
    this.addTotals.run(seriesId, outcome.added, first_ms, at_ms[at_ms.length - 1] ?? null, repeats, corrections);
  }
}
