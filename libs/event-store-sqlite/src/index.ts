export * from './sqlite-event-store.js';
export type { CommitStatistics, Numbering } from './wire.js';
