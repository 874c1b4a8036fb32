export * from './errors.js';
export * from './view-database.js';
export * from './checkpoint.js';
export * from './folder-ownership.js';
export * from './generations.js';
export * from './live-views.js';
