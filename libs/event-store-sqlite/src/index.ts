export * from './sqlite-event-store.js';
export * from './sqlite-log-import.js';
export type { CommitStatistics, Numbering } from './wire.js';
