// Imports point one way: apps → engines, http → intake, projections → event-store, transport, read-models, platform → domain,
// analysis. Adapters (libs/event-store-*) are imported by apps and engines only.
// `test/check-imports.mjs` runs this and fails when a room was not seen, because an empty graph has no violations.
const lib = (...names) => `^libs/(${names.join('|')})/`;
const spec = String.raw`\.(spec|int-spec|e2e-spec)\.ts$|/contract/`;

const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: spec, ...from },
  to,
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    forbid('no-cycles', 'A cycle has no order in which it can be read.', {}, { circular: true }),
    forbid(
      'no-orphan-packages',
      'What is imported is in package.json.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    ),
    forbid(
      'domain-is-pure',
      'Deciders know nothing but the domain.',
      { path: lib('domain') },
      { pathNot: `${lib('domain')}` },
    ),
    forbid(
      'analysis-is-pure',
      'Methods know no framework and nothing of ours but the vocabulary of the domain.',
      { path: lib('analysis') },
      { pathNot: lib('analysis', 'domain') },
    ),
    forbid(
      'event-store-knows-domain-only',
      'The port knows no adapter.',
      { path: lib('event-store') },
      { path: '^libs/', pathNot: lib('event-store', 'domain') },
    ),
    forbid(
      'log-moving-knows-the-port-only',
      'Moving works between any two engines.',
      { path: lib('log-moving') },
      { path: '^(libs|apps)/', pathNot: lib('log-moving', 'event-store', 'domain') },
    ),
    forbid(
      'adapters-import-only-their-port',
      'An adapter can be exchanged.',
      { path: '^libs/event-store-' },
      { path: '^(libs|apps)/', pathNot: `${lib('event-store', 'domain')}|^libs/event-store-[a-z]+/` },
    ),
    forbid(
      'only-apps-and-engines-import-adapters',
      'Which engine stands behind a URL is said in libs/engines; everything else knows the port.',
      { path: '^libs/', pathNot: `^libs/event-store-|${lib('engines')}|${spec}` },
      { path: '^libs/event-store-' },
    ),
    forbid(
      'only-apps-import-engines',
      'The choice of an engine is made in apps/, by a URL.',
      { path: '^libs/', pathNot: `${lib('engines')}|${spec}` },
      { path: lib('engines') },
    ),
    forbid(
      'engines-know-logs-only',
      'They open logs; they do not know what for.',
      { path: lib('engines') },
      { path: '^libs/', pathNot: `${lib('engines', 'event-store', 'platform', 'domain')}|^libs/event-store-[a-z]+/` },
    ),
    forbid(
      'read-models-and-platform-are-low',
      'They serve, they do not know whom.',
      { path: lib('read-models', 'platform') },
      { path: '^(libs|apps)/', pathNot: lib('read-models', 'platform', 'domain', 'analysis') },
    ),
    forbid(
      'intake-and-projections-meet-in-the-log',
      'Neither imports the other.',
      { path: lib('intake') },
      { path: lib('projections', 'http', 'read-models') },
    ),
    forbid(
      'projections-and-intake-meet-in-the-log',
      'Neither imports the other.',
      { path: lib('projections') },
      { path: lib('intake', 'http') },
    ),
    forbid(
      'client-is-a-stranger',
      'The client knows the doors from outside: it imports nothing of ours.',
      { path: lib('client') },
      { path: '^(libs|apps|test)/', pathNot: lib('client') },
    ),
    forbid(
      'only-apps-and-tests-use-the-client',
      'The server does not call itself.',
      { path: '^libs/', pathNot: `${lib('client')}|${spec}` },
      { path: lib('client') },
    ),
    forbid(
      'nothing-imports-tests',
      'What ships does not rest on tests.',
      { path: '^(libs|apps)/' },
      { path: '^test/' },
    ),
    forbid('libs-never-import-apps', 'Composition roots are roots.', { path: '^libs/' }, { path: '^apps/' }),
    forbid(
      'apps-never-import-apps',
      'An app is started, not imported.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'drivers-stay-in-their-rooms',
      'SQL drivers are known to adapters and read-models alone.',
      { path: '^(libs|apps)/', pathNot: `${lib('read-models')}|^libs/event-store-|${spec}` },
      { path: '^node_modules/(better-sqlite3|pg|@eventstore)/' },
    ),
    forbid(
      'nest-stays-at-the-edge',
      'Pure core, thin Nest edge.',
      { path: lib('event-store', 'log-moving', 'read-models', 'projections', 'intake') },
      { path: '^node_modules/@nestjs/' },
    ),
    forbid(
      'front-doors-only',
      'A lib is entered by its index.ts.',
      { path: '^libs/([^/]+)/' },
      { path: '^libs/', pathNot: '^libs/$1/|^libs/[^/]+/src/index\\.ts$' },
    ),
    forbid(
      'apps-use-front-doors',
      'A lib is entered by its index.ts.',
      { path: '^apps/' },
      { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    includeOnly: undefined,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
