export * from './client.js';
export * from './start-tallystick.js';
export type * from './wire.js';
