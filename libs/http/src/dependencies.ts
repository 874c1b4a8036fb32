import type { EventStore } from '#lib/event-store';
import type { ObservationDoor, SourceRegistry } from '#lib/intake';
import type { Clock, Health, Metrics } from '#lib/platform';
import type {
  AuditQueries,
  ImprovementQueries,
  KpiQueries,
  OperationQueries,
  SeriesQueries,
  UnitQueries,
} from '#lib/projections';
import type { BootstrapToken } from './access/bootstrap-token.js';
import type { PeopleDirectory } from './access/people-directory.js';
import type { HttpLogger } from './http-logger.js';
import type { DoorAdmissionLimits } from './observations/door-admission.js';
import type { PageFolder } from './pages/pages.js';
import type { ViewProgress, ViewRebuilds } from './views/view-progress.js';

/** The in-memory pictures (sources, series, people) and the follower that keeps them: a `LogFollower` is one. */
export abstract class Registries {
  /** True as soon as the pictures contain everything up to `position`; false after `timeout_ms`. */
  abstract waitFor(position: bigint, timeout_ms: number): Promise<boolean>;
}

/** What the HTTP room needs from whoever puts the program together. Only apps know which engines stand behind it. */
export interface HttpDependencies {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly logger: HttpLogger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly registry: SourceRegistry;
  readonly people: PeopleDirectory;
  /** Keeps `registry` and `people`; see `followRegistries`. */
  readonly registries: Registries;
  readonly bootstrap: BootstrapToken;
  readonly door: ObservationDoor;
  /** How much may be inside the door at once; `DOOR_ADMISSION_LIMITS` when absent. */
  readonly doorLimits?: DoorAdmissionLimits;
  readonly queries: {
    readonly kpis: KpiQueries;
    readonly units: UnitQueries;
    readonly audit: AuditQueries;
    readonly improvement: ImprovementQueries;
    readonly series: SeriesQueries;
    readonly operations: OperationQueries;
  };
  readonly viewProgress: ViewProgress;
  readonly viewRebuilds: ViewRebuilds;
  /** Whether the service is reached over TLS (by a proxy in front): then cookies demand it. */
  readonly secure: boolean;
  /** Folders of the dashboard; none: no pages. */
  readonly pages?: readonly PageFolder[];
}

/** The part that a process with nothing but the doors needs: no views, no commands, no pages. */
export type DoorDependencies = Pick<
  HttpDependencies,
  'clock' | 'logger' | 'metrics' | 'health' | 'registry' | 'people' | 'door' | 'doorLimits' | 'secure'
>;

/** Token of the dependencies as a whole, for what cannot be a class. */
export const HTTP_DEPENDENCIES = Symbol('HTTP_DEPENDENCIES');
