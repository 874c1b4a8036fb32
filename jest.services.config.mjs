// Tests that need real servers or foreign clients; started by `npm run test:services`, which installs and counts the peers.
import base from './jest.config.mjs';

// No EventStoreDB can be installed in CI: its suite is there for whoever names a server.
const withoutServer = process.env.EVENTSTOREDB_URL ? [] : ['/kurrent\\.services\\.e2e-spec\\.ts$'];
if (withoutServer.length > 0)
  console.warn('EventStoreDB: not tested against a server, EVENTSTOREDB_URL is not set (docs/eventstoredb.md)');

/** @type {import('jest').Config} */
export default {
  ...base,
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.services.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...withoutServer],
  maxWorkers: 1,
  testTimeout: 180_000,
};
