export * from './postgres-event-store.js';
export type { Numbering } from './open-log.js';
