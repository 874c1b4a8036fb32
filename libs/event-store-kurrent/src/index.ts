export * from './kurrent-event-store.js';
export { BEFORE_ALL_POSITIONS, POSITION_MAX } from './positions.js';
