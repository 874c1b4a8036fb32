export * from './token/token.js';
export * from './door/door-error.js';
export * from './door/door-request.js';
export * from './door/observation-door.js';
export { APPEND_QUEUE_LIMITS, observationStream, type AppendQueueLimits } from './door/append-queue.js';
export { MEDIA_TYPES } from './door/media-types.js';
export { OBSERVATION_SCHEMA } from './parse/observation-schema.js';
export * from './registry/source-registry.js';
export type { RegisteredSeries } from './registry/registered-series.js';
