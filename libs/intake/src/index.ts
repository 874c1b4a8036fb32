export * from './token/token.js';
export * from './door/door-error.js';
export * from './door/door-request.js';
export * from './door/observation-door.js';
export * from './registry/source-registry.js';
