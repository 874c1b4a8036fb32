export * from './kurrent-event-store.js';
export { BEFORE_ALL_POSITIONS, POSITION_MAX } from './positions.js';
export * from './kurrent-log-import.js';
