/** The composition root: everything in one process, on SQLite. Which engine stands behind which port is decided here. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  BootstrapToken,
  configureHttp,
  createHttpAdapter,
  followRegistries,
  type HttpDependencies,
  PeopleDirectory,
} from '#lib/http';
import { type DoorCounts, ObservationDoor, SourceRegistry } from '#lib/intake';
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
import { openLog } from './open-log.js';
import { establishOrganisation } from './organisation.js';
import { ProjectorThread } from './projector-thread.js';

/** From `dist/apps/all-in-one/src` to the repository. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PAGES = [
  { folder: join(ROOT, 'apps/dashboard/public'), prefix: '/' },
  { folder: join(ROOT, 'dist/apps/dashboard/src'), prefix: '/assets/' },
];

/** How long a start waits for the views. */
const FIRST_REPORT_MAX_ms = 5000;
/** The later steps of a stop need the rest: finishing transactions and closing files takes well under a second. */
const HTTP_SHARE_OF_DEADLINE = 0.5;

export interface EmbeddedSystem {
  readonly url: string;
  /** Folder of log and views. */
  readonly data: string;
  readonly timeZone: string;
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
  const { timeZone } = await establishOrganisation(log.store, config, env);
  const viewsFolder = join(config.data, 'views');
  const liveViews = new LiveViews(new Generations(viewsFolder));
  const projector = new ProjectorThread({
    data: { logFile: log.file, viewsFolder },
    liveViews,
    headPosition: log.headPosition,
    health,
    metrics,
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

  const door = new ObservationDoor({
    store: log.store,
    registry,
    now_ms: () => clock.now_ms(),
    onAnswer: ({ counts, replayed }) => metrics.countVerdicts(replayed ? asDuplicates(counts) : counts),
  });
  const queries = queriesOf(liveViews);
  const shared = { store: log.store, clock, logger, metrics, health, registry, people, registries, bootstrap };
  const views = { queries, viewProgress: projector, viewRebuilds: projector.rebuilds };
  const app = await createApp({ ...shared, ...views, door, secure: config.secureCookies, pages: PAGES });
  // "Ready" is said when queries can answer, or when waiting longer would help nobody (a rebuild after an update).
  await projector.firstReport(FIRST_REPORT_MAX_ms);
  await app.listen(config.port, config.host);
  shutdown
    .add('readiness', () => health.stop())
    .add('http', () => closeHttp(app, config.shutdownDeadline_ms * HTTP_SHARE_OF_DEADLINE))
    .add('registries', () => registries.stop())
    .add('projector', () => projector.stop())
    .add('views', () => liveViews.close())
    .add('log', () => log.store.close());
  return { url: urlOf(await app.getUrl(), config), data: config.data, timeZone, bootstrapToken, shutdown };
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
    // Nest's own lines say nothing an operator needs: errors of requests go through the problem filter into our log, and
    // those of the start are thrown.
    { logger: false, abortOnError: false },
  );
  configureHttp(app);
  return app;
}

/** Finishes the requests under way; a caller that never finishes sending is cut off in time for the log to be closed. */
async function closeHttp(app: NestFastifyApplication, atMost_ms: number): Promise<void> {
  const server = app.getHttpServer();
  const timer = setTimeout(() => server.closeAllConnections(), atMost_ms);
  await app.close();
  clearTimeout(timer);
}

/** A repeated request brought nothing new: all that it sent is there already. */
const asDuplicates = ({ sent }: DoorCounts): DoorCounts => ({
  sent,
  accepted: 0,
  duplicate: sent,
  quarantined: 0,
  rejected: 0,
});

/** What to type into a browser on this machine. */
function urlOf(listening: string, config: Configuration): string {
  const port = new URL(listening).port || String(config.port);
  const isAny = config.host === '0.0.0.0' || config.host === '::';
  const host = isAny ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
