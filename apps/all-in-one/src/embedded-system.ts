/** The composition root: everything in one process, on SQLite. Which engine stands behind which port is decided here. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventStore } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import {
  BootstrapToken,
  configureHttp,
  createHttpAdapter,
  followRegistries,
  type HttpDependencies,
  PeopleDirectory,
} from '#lib/http';
import { ObservationDoor, SourceRegistry } from '#lib/intake';
import { createLogger, Health, Metrics, ShutdownSequence, SystemClock, type Configuration } from '#lib/platform';
import {
  AuditQueries,
  ImprovementQueries,
  KpiQueries,
  OperationQueries,
  SeriesQueries,
  UnitQueries,
} from '#lib/projections';
import { Generations, LiveViews } from '#lib/read-models';
import { AppModule } from './app.module.js';
import { MeteredEventStore } from './metered-event-store.js';
import { establishOrganisation } from './organisation.js';
import { ProjectorThread } from './projector-thread.js';

/** From `dist/apps/all-in-one/src` to the repository. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PAGES = [
  { folder: join(ROOT, 'apps/dashboard/public'), prefix: '/' },
  { folder: join(ROOT, 'dist/apps/dashboard/src'), prefix: '/assets/' },
];

export interface EmbeddedSystem {
  readonly url: string;
  /** To be shown once; null when there is an administrator already. */
  readonly bootstrapToken: string | null;
  readonly shutdown: ShutdownSequence;
}

/**
 * Opens the log, starts the projector thread, fills the registries and listens.
 * @throws ConfigurationError when the configuration contradicts the log; EventStoreError when the log cannot be opened
 */
export async function startEmbedded(config: Configuration, env: NodeJS.ProcessEnv): Promise<EmbeddedSystem> {
  const logger = createLogger({ level: config.logLevel, destination: process.stderr });
  const health = new Health();
  const metrics = new Metrics();
  const clock = new SystemClock();
  const shutdown = new ShutdownSequence({ deadline_ms: config.shutdownDeadline_ms, logger });

  const log = await openLog(config, health, metrics, logger);
  await establishOrganisation(log.store, config, env);
  const viewsFolder = join(config.data, 'views');
  const liveViews = new LiveViews(new Generations(viewsFolder));
  const projector = new ProjectorThread({
    data: { logFile: log.file, viewsFolder },
    liveViews,
    headPosition: log.headPosition,
    health,
    logger,
  }).start();
  log.onCommit(() => projector.wake());
  metrics.beforeScrape(() => metrics.setProjectionLag(projector.lag()));

  const registry = new SourceRegistry(() => clock.now_ms());
  const people = new PeopleDirectory();
  const registries = followRegistries(log.store, registry, people, (error) =>
    logger.error({ err: error }, 'the registries met trouble and try again'),
  ).start();
  await registries.caughtUp();
  const bootstrap = new BootstrapToken();
  const bootstrapToken = people.hasUsableAdmin(clock.now_ms()) ? null : bootstrap.prepare();

  const app = await createApp({
    store: log.store,
    clock,
    logger,
    metrics,
    health,
    registry,
    people,
    registries,
    bootstrap,
    door: new ObservationDoor({
      store: log.store,
      registry,
      now_ms: () => clock.now_ms(),
      onAnswer: ({ counts, duration_seconds }) => {
        metrics.countVerdicts(counts);
        metrics.observeDoorRequest('http', 200, duration_seconds);
      },
    }),
    queries: queriesOf(liveViews),
    viewProgress: projector,
    viewRebuilds: projector.rebuilds,
    secure: config.secureCookies,
    pages: PAGES,
  });
  await app.listen(config.port, config.host);
  shutdown
    .add('readiness', () => health.stop())
    .add('http', () => app.close())
    .add('registries', () => registries.stop())
    .add('projector', () => projector.stop())
    .add('views', () => liveViews.close())
    .add('log', () => log.store.close());
  return { url: urlOf(await app.getUrl(), config), bootstrapToken, shutdown };
}

interface OpenLog {
  readonly file: string;
  readonly store: EventStore;
  readonly headPosition: () => bigint;
  readonly onCommit: (listener: () => void) => void;
}

/** Opens the log and counts its head along: the store numbers densely and nobody else appends to its file. */
async function openLog(
  config: Configuration,
  health: Health,
  metrics: Metrics,
  logger: ReturnType<typeof createLogger>,
): Promise<OpenLog> {
  const file = join(config.data, 'log.db');
  let committed = 0n;
  let listener = (): void => undefined;
  health.expect('log');
  const store = await SqliteEventStore.open({
    file,
    onCommit: ({ appends, events, duration_ms }) => {
      committed += BigInt(events);
      metrics.observeCommit({ appends, events, duration_seconds: duration_ms / 1000 });
      listener();
    },
    onFailure: (error) => {
      health.fail('log', 'the disk refused a write; nothing more is acknowledged until a restart');
      logger.fatal({ err: error }, 'the log failed: nothing more is acknowledged until a restart');
    },
  });
  const atStart = (await store.head())?.position ?? 0n;
  health.up('log');
  const metered = new MeteredEventStore(store, metrics);
  return { file, store: metered, headPosition: () => atStart + committed, onCommit: (hear) => (listener = hear) };
}

const queriesOf = (views: LiveViews): HttpDependencies['queries'] => ({
  kpis: new KpiQueries(views),
  units: new UnitQueries(views),
  audit: new AuditQueries(views),
  improvement: new ImprovementQueries(views),
  series: new SeriesQueries(views),
  operations: new OperationQueries(views),
});

async function createApp(dependencies: HttpDependencies): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(dependencies),
    createHttpAdapter(),
    // Nest's own start-up lines say nothing an operator needs; errors go through the problem filter into our log.
    { logger: ['error', 'fatal'] },
  );
  configureHttp(app);
  return app;
}

/** What to type into a browser on this machine. */
function urlOf(listening: string, config: Configuration): string {
  const port = new URL(listening).port || String(config.port);
  const isAny = config.host === '0.0.0.0' || config.host === '::';
  const host = isAny ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
