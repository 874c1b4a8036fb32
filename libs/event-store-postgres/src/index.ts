export * from './postgres-event-store.js';
export * from './postgres-log-import.js';
export { SCHEMA_DEFAULT, type Numbering } from './open-log.js';
