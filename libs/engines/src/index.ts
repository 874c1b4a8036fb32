export * from './log-url.js';
export * from './open-event-store.js';
export * from './service-log.js';
export { watchFollower } from './watch-follower.js';
export { logFailureInWords } from './log-failure.js';
