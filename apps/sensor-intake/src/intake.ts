/**
 * The composition root of one sensor intake: the observation door on a log that it may share with any number of others. What
 * it must know (keys, series) it follows in the log; it has no views and keeps nothing on disk, so it can be started and
 * killed anywhere.
 */
import { openServiceLog, watchFollower } from '#lib/engines';
import { closeHttp, createHttpApp, followRegistries, meteredDoor, PeopleDirectory, urlOf } from '#lib/http';
import { SourceRegistry } from '#lib/intake';
import { createLogger, Health, Metrics, ShutdownSequence, SystemClock, type Configuration } from '#lib/platform';
import { AppModule } from './app.module.js';

/** The later steps of a stop need the rest: what was accepted is committed, connections are closed. */
const HTTP_SHARE_OF_DEADLINE = 0.6;

export interface SensorIntake {
  readonly url: string;
  /** The URL of the log, without its password. */
  readonly log: string;
  readonly shutdown: ShutdownSequence;
}

/**
 * Opens the log, fills the registries and listens: from the first request on every key is known that was issued before.
 * @throws as `openServiceLog`; what the HTTP server throws when it cannot listen
 */
export async function startIntake(config: Configuration): Promise<SensorIntake> {
  const logger = createLogger({ level: config.logLevel, service: 'sensor-intake', destination: process.stderr });
  const health = new Health();
  const metrics = new Metrics();
  const clock = new SystemClock();
  const shutdown = new ShutdownSequence({ deadline_ms: config.shutdownDeadline_ms, logger });

  const applicationName = 'tallystick sensor-intake';
  const log = await openServiceLog({ url: config.log, health, metrics, logger, applicationName });
  const registry = new SourceRegistry(() => clock.now_ms());
  const people = new PeopleDirectory();
  const registries = followRegistries(log.store, registry, people, (error) =>
    logger.error({ err: error }, 'the registries met trouble and try again'),
  ).start();
  await registries.caughtUp();
  watchFollower(health, 'registries', registries, log.headPosition);

  const door = meteredDoor({ store: log.store, registry, clock, metrics });
  const shared = { clock, logger, metrics, health, registry, people };
  const app = await createHttpApp(AppModule.register({ ...shared, door, secure: config.secureCookies }));
  await app.listen(config.port, config.host);
  shutdown
    .add('readiness', () => health.stop())
    .add('http', () => closeHttp(app, config.shutdownDeadline_ms * HTTP_SHARE_OF_DEADLINE))
    .add('registries', () => registries.stop())
    .add('log', () => log.close());
  return { url: urlOf(await app.getUrl(), config), log: log.address.name, shutdown };
}
