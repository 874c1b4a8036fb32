import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { DoorTimes } from './door-times.js';

/** What became of an append: durable, an expected revision that did not hold, or trouble in the store. */
export type AppendOutcome = 'committed' | 'conflict' | 'failed';

/** What became of the observations of one request. */
export interface VerdictCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly rejected: number;
}

const BATCH_SIZE_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const COMMIT_BUCKETS_seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * The process's measurements in the Prometheus text format. Its registry is its own, so that two in one process (tests, or
 * an app beside another) do not count into each other. Labels have few values: no source, series, KPI or person is one.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly collectors: (() => void | Promise<void>)[] = [];

  private readonly appends = this.counter('tallystick_appends_total', 'Appends to the event store by outcome', [
    'outcome',
  ]);
  private readonly events = this.counter('tallystick_events_committed_total', 'Events that became durable');
  private readonly appendsOfCommit = this.histogram(
    'tallystick_commit_appends',
    'Appends that one commit made durable together',
    BATCH_SIZE_BUCKETS,
  );
  private readonly eventsOfCommit = this.histogram(
    'tallystick_commit_events',
    'Events that one commit made durable together',
    BATCH_SIZE_BUCKETS,
  );
  private readonly commit = this.histogram(
    'tallystick_commit_seconds',
    'Time of one durable commit, the wait for the disk included',
    COMMIT_BUCKETS_seconds,
  );
  private readonly sync = this.histogram(
    'tallystick_commit_sync_seconds',
    'The part of a durable commit that waits for the disk (writing the write-ahead log and fsync)',
    COMMIT_BUCKETS_seconds,
  );
  private readonly observations = this.counter('tallystick_observations_total', 'Observations by verdict', ['verdict']);
  private readonly accepted = this.observations.labels('accepted');
  private readonly duplicate = this.observations.labels('duplicate');
  private readonly quarantined = this.observations.labels('quarantined');
  private readonly rejected = this.observations.labels('rejected');
  private readonly doorTimes = new DoorTimes(this.registry);
  private readonly lagOfEvents = this.gauge(
    'tallystick_projection_lag_events',
    'Events that the views have yet to take in',
  );
  private readonly lagOfTime = this.gauge(
    'tallystick_projection_lag_seconds',
    'Age of the oldest event that the views have yet to take in',
  );
  private readonly parked = this.gauge(
    'tallystick_parked_events',
    'Events that the views put aside because of an error',
  );
  private readonly refusedAtDoor = this.counter(
    'tallystick_door_refused_total',
    'Requests that the observation door refused unread, because it was full',
  );
  private readonly uncomputedFigures = this.counter(
    'tallystick_uncomputed_figures_total',
    'Reasons for which the figures of a KPI could not be computed',
  );
  private readonly serverErrors = this.counter(
    'tallystick_http_server_errors_total',
    'Requests that were answered 5xx, by route',
    ['route'],
  );

  /** `processMetrics`: also CPU, memory, event loop and garbage collection of this process. */
  constructor({ processMetrics = true }: { readonly processMetrics?: boolean } = {}) {
    for (const outcome of ['committed', 'conflict', 'failed'] as const) this.appends.labels(outcome).inc(0);
    for (const verdict of [this.accepted, this.duplicate, this.quarantined, this.rejected]) verdict.inc(0);
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  /** One append was answered. */
  countAppend(outcome: AppendOutcome): void {
    this.appends.labels(outcome).inc();
  }

  /** One transaction became durable: how many appends and events it held and how long it took. */
  observeCommit(commit: {
    readonly appends: number;
    readonly events: number;
    readonly duration_seconds: number;
    /** Null where the engine does not tell it. */
    readonly sync_seconds: number | null;
  }): void {
    this.events.inc(commit.events);
    this.appendsOfCommit.observe(commit.appends);
    this.eventsOfCommit.observe(commit.events);
    this.commit.observe(commit.duration_seconds);
    if (commit.sync_seconds !== null) this.sync.observe(commit.sync_seconds);
  }

  /** The observations of one request. */
  countVerdicts(counts: VerdictCounts): void {
    if (counts.accepted > 0) this.accepted.inc(counts.accepted);
    if (counts.duplicate > 0) this.duplicate.inc(counts.duplicate);
    if (counts.quarantined > 0) this.quarantined.inc(counts.quarantined);
    if (counts.rejected > 0) this.rejected.inc(counts.rejected);
  }

  /** One delivery at a door (for example `http`) was answered with this HTTP status. */
  observeDoorRequest(door: string, status: number, duration_seconds: number): void {
    this.doorTimes.observe(door, status, duration_seconds);
  }

  /** How far the views are behind the log, and what they put aside. */
  setProjectionLag(lag: { readonly lag_events: number; readonly lag_seconds: number; readonly parked: number }): void {
    this.lagOfEvents.set(lag.lag_events);
    this.lagOfTime.set(lag.lag_seconds);
    this.parked.set(lag.parked);
  }

  /** The observation door was full and refused a request with 503 before its body was read. */
  countRefusedAtDoor(): void {
    this.refusedAtDoor.inc();
  }

  /** The figures of a KPI could not be computed; told once for each reason. */
  countUncomputedFigure(): void {
    this.uncomputedFigures.inc();
  }

  /** A request was answered 5xx; `route` is the pattern (`/v1/kpis/:id`), never the path that was asked for. */
  countServerError(route: string): void {
    this.serverErrors.labels(route).inc();
  }

  /** Called before every scrape, to set gauges that nobody pushes. */
  beforeScrape(collect: () => void | Promise<void>): void {
    this.collectors.push(collect);
  }

  /** The content type that belongs to `text()`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything measured so far, in the Prometheus text format. */
  async text(): Promise<string> {
    for (const collect of this.collectors) await collect();
    return this.registry.metrics();
  }

  private counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }

  private histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
