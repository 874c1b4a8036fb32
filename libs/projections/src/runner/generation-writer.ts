import { Checkpoint, isEngineTrouble, OwnershipLost, type ViewDatabase } from '#lib/read-models';
import { BatchChanges, reasonOf } from '../batch-changes.js';
import { EventRefused, type ProjectedEvent, type Projection, type ProjectionHand } from '../projection.js';
import { Shelf } from '../shelf.js';

/** An event that could not even be read; it is parked for all projections under this name. */
export const DECODING = 'decoding';
/** Longest reason kept with a parked event, in characters. */
const REASON_LENGTH_MAX = 500;

/** What one transaction brings. */
export interface Batch {
  readonly events: readonly ProjectedEvent[];
  /** Events that could not be decoded, with the reason. */
  readonly undecodable: readonly { readonly position: number; readonly type: string; readonly reason: string }[];
  /** The checkpoint after the batch, and when the event there was recorded (null: no event came). */
  readonly to: number;
  readonly recordedAt_ms: number | null;
  readonly settle: boolean;
}

interface Station {
  readonly projection: Projection;
  readonly types: ReadonlySet<string> | 'all';
  readonly hand: ProjectionHand;
}

/**
 * Writes batches into one generation: all projections and the checkpoint in one transaction. Owns the generation from the
 * moment it is made; a writer that was made later takes it away, and this one then throws `OwnershipLost`.
 */
export class GenerationWriter {
  private readonly checkpoint: Checkpoint;
  private readonly epoch: number;
  private stations: Station[];
  position: number;
  parked: number;

  constructor(
    private readonly database: ViewDatabase,
    private readonly projections: readonly Projection[],
  ) {
    this.checkpoint = new Checkpoint(database);
    this.epoch = this.checkpoint.takeOwnership();
    ({ position: this.position, parked: this.parked } = this.checkpoint.read());
    this.stations = this.manStations();
  }

  /**
   * Applies a batch. If a projection throws, everything is undone and tried event by event, so that only the event that
   * one projection cannot take is parked, for that projection only (or for that one and all after it: `Projection.isGate`).
   * @throws OwnershipLost when another writer has taken over; SqliteError when the disk or file is in trouble
   */
  write(batch: Batch): BatchChanges {
    try {
      return this.commit(batch, (changes) => {
        for (const station of this.stations) this.applyAll(station, batch, changes);
      });
    } catch (error) {
      this.stations = this.manStations();
      if (error instanceof OwnershipLost || isEngineTrouble(error)) throw error;
    }
    try {
      return this.commit(batch, (changes) => this.applyOneByOne(batch, changes));
    } catch (error) {
      this.stations = this.manStations();
      throw error;
    }
  }

  private commit(batch: Batch, work: (changes: BatchChanges) => void): BatchChanges {
    const changes = new BatchChanges(batch.settle);
    this.database.transaction(() => {
      // First, so that a twin that lost its ownership finds out before it has written anything.
      this.checkpoint.advance(this.position, batch.to, this.epoch, batch.recordedAt_ms);
      for (const { position, type, reason } of batch.undecodable) this.park(position, DECODING, type, reason);
      work(changes);
    });
    this.position = batch.to;
    this.parked = this.checkpoint.read().parked;
    return changes;
  }

  private applyAll({ types, hand }: Station, batch: Batch, changes: BatchChanges): void {
    const events = types === 'all' ? batch.events : batch.events.filter((event) => types.has(event.type));
    if (events.length > 0 || batch.settle) hand.apply(events, changes);
  }

  private applyOneByOne(batch: Batch, total: BatchChanges): void {
    for (const event of batch.events) {
      const changes = new BatchChanges(false);
      for (const projection of this.projections) {
        const isTaken = this.applyOne(projection, event, changes);
        if (!isTaken && projection.isGate) break;
      }
      for (const kpiId of changes.kpiIds) total.kpiIds.add(kpiId);
    }
    if (batch.settle) this.settleAlone(total);
  }

  /** False when the event was parked for this projection. */
  private applyOne(projection: Projection, event: ProjectedEvent, changes: BatchChanges): boolean {
    // By name, because a failure makes new hands for all stations.
    const { hand, types } = this.stations.find((station) => station.projection === projection)!;
    if (types !== 'all' && !types.has(event.type)) return true;
    const undo = changes.mark();
    try {
      this.database.savepoint(() => hand.apply([event], changes));
      return true;
    } catch (error) {
      if (isEngineTrouble(error)) throw error;
      undo();
      this.park(event.position, projection.name, event.type, reasonOf(error));
      // New hands read back all series and KPIs: for each of thousands of refused events that would take hours.
      if (!(error instanceof EventRefused)) this.stations = this.manStations();
      return false;
    }
  }

  /** What is due between events belongs to none of them: when it fails, nothing is parked, and it is due again. */
  private settleAlone(changes: BatchChanges): void {
    for (const { projection } of [...this.stations]) {
      const { hand } = this.stations.find((station) => station.projection === projection)!;
      const undo = changes.mark();
      try {
        this.database.savepoint(() => hand.apply([], changes));
      } catch (error) {
        if (isEngineTrouble(error)) throw error;
        undo();
        changes.troubles.push({ projection: projection.name, kpiId: null, reason: reasonOf(error) });
        this.stations = this.manStations();
      }
    }
  }

  private park(position: number, projection: string, eventType: string, reason: string): void {
    this.checkpoint.park({ position, projection, eventType, reason: reason.slice(0, REASON_LENGTH_MAX) });
  }

  private manStations(): Station[] {
    const shelf = new Shelf(this.database);
    return this.projections.map((projection) => ({
      projection,
      types: projection.handles === 'all' ? 'all' : new Set(projection.handles),
      hand: projection.start({ database: this.database, shelf }),
    }));
  }
}
