import { LogImport } from './log-import.js';
import type { MemoryEventStore } from './memory-event-store.js';
import type { StoredEvent } from './port.js';

/** Placing in memory: the model of the other adapters, and the target of fast tests. */
export class MemoryLogImport extends LogImport {
  override readonly keepsPositions = true;

  constructor(readonly store: MemoryEventStore) {
    super();
  }

  override async place(events: readonly StoredEvent[]): Promise<void> {
    this.store.placeVerbatim(events);
  }

  override async close(): Promise<void> {}
}
