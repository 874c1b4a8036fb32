import { describeLogImport } from './contract/log-import-contract.js';
import { MemoryEventStore } from './memory-event-store.js';
import { MemoryLogImport } from './memory-log-import.js';

/** Closing a memory store is for ever; the suite closes and opens the log again and again. */
class ReopenedMemoryStore extends MemoryEventStore {
  override async close(): Promise<void> {}
}

describeLogImport('memory', async () => {
  const store = new ReopenedMemoryStore();
  return {
    openImport: async () => new MemoryLogImport(store),
    openStore: async () => store,
    dispose: async () => undefined,
  };
});
