/** The composition root: everything in one process. Which log stands behind the port is said by `TALLYSTICK_LOG`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openServiceLog, watchFollower } from '#lib/engines';
import {
  BootstrapToken,
  closeHttp,
  createHttpApp,
  followRegistries,
  type HttpDependencies,
  meteredDoor,
  PeopleDirectory,
  urlOf,
} from '#lib/http';
import { SourceRegistry } from '#lib/intake';
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
  /** The URL of the log, without its password. */
  readonly log: string;
  /** Folder of the views. */
  readonly views: string;
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

  const applicationName = 'tallystick all-in-one';
  const log = await openServiceLog({ url: config.log, health, metrics, logger, applicationName });
  const { timeZone } = await establishOrganisation(log.store, config, env);
  const viewsFolder = join(config.data, 'views');
  const liveViews = new LiveViews(new Generations(viewsFolder));
  const projector = new ProjectorThread({
    data: { logUrl: log.address.url, viewsFolder },
    liveViews,
    headPosition: log.headPosition,
    hasDensePositions: log.address.hasDensePositions,
    health,
    metrics,
    logger,
  }).start();
  log.onAdvance(() => projector.wake());
  metrics.beforeScrape(() => metrics.setProjectionLag(projector.lag()));

  const registry = new SourceRegistry(() => clock.now_ms());
  const people = new PeopleDirectory();
  const registries = followRegistries(log.store, registry, people, (error) =>
    logger.error({ err: error }, 'the registries met trouble and try again'),
  ).start();
  await registries.caughtUp();
  if (log.address.isShared) watchFollower(health, 'registries', registries, log.headPosition);
  const bootstrap = new BootstrapToken();
  const bootstrapToken = people.hasUsableAdmin(clock.now_ms()) ? null : bootstrap.prepare();

  const door = meteredDoor({ store: log.store, registry, clock, metrics });
  const queries = queriesOf(liveViews);
  const shared = { store: log.store, clock, logger, metrics, health, registry, people, registries, bootstrap };
  const views = { queries, viewProgress: projector, viewRebuilds: projector.rebuilds };
  const edge = { door, secure: config.secureCookies, pages: PAGES };
  const app = await createHttpApp(AppModule.register({ ...shared, ...views, ...edge }));
  // "Ready" is said when queries can answer, or when waiting longer would help nobody (a rebuild after an update).
  await projector.firstReport(FIRST_REPORT_MAX_ms);
  await app.listen(config.port, config.host);
  shutdown
    .add('readiness', () => health.stop())
    .add('http', () => closeHttp(app, config.shutdownDeadline_ms * HTTP_SHARE_OF_DEADLINE))
    .add('registries', () => registries.stop())
    .add('projector', () => projector.stop())
    .add('views', () => liveViews.close())
    .add('log', () => log.close());
  const where = { url: urlOf(await app.getUrl(), config), log: log.address.name, views: viewsFolder };
  return { ...where, timeZone, bootstrapToken, shutdown };
}

const queriesOf = (views: LiveViews): HttpDependencies['queries'] => ({
  kpis: new KpiQueries(views),
  units: new UnitQueries(views),
  audit: new AuditQueries(views),
  improvement: new ImprovementQueries(views),
  series: new SeriesQueries(views),
  operations: new OperationQueries(views),
});
