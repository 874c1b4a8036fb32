import { type EventMetadata } from '#lib/event-store';
import { type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from './batch-changes.js';
import { type Shelf } from './shelf.js';

/**
 * Largest log position that the views can hold: they keep positions as IEEE 754 numbers, because every observation has
 * one and a bigint each would cost more than the observation. At a million events a second it lasts 285 years.
 */
export const LOG_POSITION_MAX = Number.MAX_SAFE_INTEGER;

/** An event as projections see it: data parsed once (and upcast) for all of them. */
export interface ProjectedEvent {
  readonly position: number;
  readonly recordedAt_ms: number;
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  /** The data as the log has them, where that is the newest shape: what is kept as text need not be written out again. */
  readonly text?: string;
  readonly metadata: EventMetadata;
}

/** What a projection has to hand while it writes. */
export interface ProjectionContext {
  readonly database: ViewDatabase;
  /** What several projections look things up in; made anew after a rollback. */
  readonly shelf: Shelf;
}

/** Thrown by a hand that has changed nothing yet, in its tables or in memory: the event is parked, and no hand is made anew. */
export class EventRefused extends Error {}

/** The writing hand of a projection on one generation. It may keep things in memory that it can read back from its tables. */
export interface ProjectionHand {
  /** Events of the handled types, in log order. Throwing parks the event (when it stands alone) and undoes its writes. */
  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void;
}

/** One view: which events it is made from, its tables, and how it applies them. */
export interface Projection {
  readonly name: string;
  /** Raise it whenever tables or meaning change: a new generation is then built. */
  readonly version: number;
  readonly handles: 'all' | readonly string[];
  /** An event that this projection parks is withheld from the ones after it: they rely on what it would have written. */
  readonly isGate?: boolean;
  /** In an empty file. */
  createTables(database: ViewDatabase): void;
  start(context: ProjectionContext): ProjectionHand;
}
