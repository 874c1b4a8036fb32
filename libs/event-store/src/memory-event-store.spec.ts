import { describeEventStore } from './contract/event-store-contract.js';
import { MemoryEventStore } from './memory-event-store.js';

describeEventStore(
  'memory',
  async (seed) => {
    const store = new MemoryEventStore(seed);
    return { store, dispose: () => store.close() };
  },
  { hasDensePositions: true, canBeSeeded: true },
);
