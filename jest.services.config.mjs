// Tests that need real servers or foreign clients; started by `npm run test:services`, which installs and counts the peers.
import base from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...base,
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.services.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
