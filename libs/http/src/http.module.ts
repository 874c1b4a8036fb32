import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore } from '#lib/event-store';
import { ObservationDoor, SourceRegistry } from '#lib/intake';
import { Clock, Health, Metrics } from '#lib/platform';
import {
  AuditQueries,
  ImprovementQueries,
  KpiQueries,
  OperationQueries,
  SeriesQueries,
  UnitQueries,
} from '#lib/projections';
import { Authenticator } from './access/authenticator.js';
import { BootstrapToken } from './access/bootstrap-token.js';
import { FailureLimiter } from './access/failure-limiter.js';
import { PeopleDirectory } from './access/people-directory.js';
import { SessionCookie } from './access/session-cookie.js';
import { Sessions } from './access/sessions.js';
import { ActionsController } from './actions/actions.controller.js';
import * as decisionHandlers from './commands/decision-handlers.js';
import { Decisions } from './commands/decisions.js';
import * as improvementHandlers from './commands/improvement-handlers.js';
import * as kpiHandlers from './commands/kpi-handlers.js';
import { References } from './commands/references.js';
import * as secretHandlers from './commands/secret-handlers.js';
import { RegisterSeriesBatchHandler } from './commands/series-batch-handler.js';
import { UnitRights } from './commands/unit-rights.js';
import { HTTP_DEPENDENCIES, Registries, type DoorDependencies, type HttpDependencies } from './dependencies.js';
import { GoalsController } from './goals/goals.controller.js';
import { KpiQueriesController } from './kpis/kpi-queries.controller.js';
import { KpisController } from './kpis/kpis.controller.js';
import { ObservationQueriesController } from './observations/observation-queries.controller.js';
import { ObservationsController } from './observations/observations.controller.js';
import { HealthController } from './operations/health.controller.js';
import { LiveUpdates } from './operations/live-updates.js';
import { LiveController } from './operations/live.controller.js';
import { ViewsController } from './operations/views.controller.js';
import { PeopleQueriesController } from './people/people-queries.controller.js';
import { PeopleController } from './people/people.controller.js';
import { ImprovementQueriesController } from './reviews/improvement-queries.controller.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { SeriesQueriesController } from './series/series-queries.controller.js';
import { SeriesController } from './series/series.controller.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SourceQueriesController } from './sources/source-queries.controller.js';
import { SourcesController } from './sources/sources.controller.js';
import { PresentTime } from './time.js';
import { UnitQueriesController } from './units/unit-queries.controller.js';
import { UnitsController } from './units/units.controller.js';
import { FreshViews } from './views/fresh-views.js';
import { KnownThings } from './views/known-things.js';
import { QueryScopes } from './views/query-scopes.js';
import { ViewProgress, ViewRebuilds } from './views/view-progress.js';

/** Everything that listens on HTTP. The app hands over the parts and calls `configureHttp` before it listens. */
@Module({})
export class HttpModule {
  static register(dependencies: HttpDependencies): DynamicModule {
    return {
      module: HttpModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        ObservationsController,
        ObservationQueriesController,
        UnitsController,
        UnitQueriesController,
        GoalsController,
        KpisController,
        KpiQueriesController,
        ReviewsController,
        ActionsController,
        ImprovementQueriesController,
        SourcesController,
        SourceQueriesController,
        SeriesController,
        SeriesQueriesController,
        PeopleController,
        PeopleQueriesController,
        SignInController,
        HealthController,
        ViewsController,
        LiveController,
      ],
      providers: [...given(dependencies), ...ofAccess(dependencies), ...ofCommands(), ...ofViews()],
    };
  }
}

/**
 * The doors alone, for processes that only take observations in: health, metrics, the description of what there is. The
 * app calls `configureHttp` before it listens, as with the whole.
 */
@Module({})
export class DoorModule {
  static register(dependencies: DoorDependencies): DynamicModule {
    return {
      module: DoorModule,
      controllers: [ObservationsController, HealthController],
      providers: [...givenForDoors(dependencies), ...ofAccess(dependencies)],
    };
  }
}

function givenForDoors(dependencies: DoorDependencies): Provider[] {
  return [
    { provide: HTTP_DEPENDENCIES, useValue: dependencies },
    { provide: Clock, useValue: dependencies.clock },
    { provide: Metrics, useValue: dependencies.metrics },
    { provide: Health, useValue: dependencies.health },
    { provide: SourceRegistry, useValue: dependencies.registry },
    { provide: PeopleDirectory, useValue: dependencies.people },
    { provide: ObservationDoor, useValue: dependencies.door },
  ];
}

function given(dependencies: HttpDependencies): Provider[] {
  const { queries } = dependencies;
  return [
    ...givenForDoors(dependencies),
    { provide: EventStore, useValue: dependencies.store },
    { provide: Registries, useValue: dependencies.registries },
    { provide: BootstrapToken, useValue: dependencies.bootstrap },
    { provide: KpiQueries, useValue: queries.kpis },
    { provide: UnitQueries, useValue: queries.units },
    { provide: AuditQueries, useValue: queries.audit },
    { provide: ImprovementQueries, useValue: queries.improvement },
    { provide: SeriesQueries, useValue: queries.series },
    { provide: OperationQueries, useValue: queries.operations },
    { provide: ViewProgress, useValue: dependencies.viewProgress },
    { provide: ViewRebuilds, useValue: dependencies.viewRebuilds },
  ];
}

function ofAccess({ registry, people, clock, secure }: DoorDependencies): Provider[] {
  const sessions = new Sessions();
  const cookie = new SessionCookie(secure);
  return [
    { provide: Sessions, useValue: sessions },
    { provide: SessionCookie, useValue: cookie },
    { provide: FailureLimiter, useValue: new FailureLimiter() },
    { provide: Authenticator, useValue: new Authenticator(registry, people, sessions, cookie, () => clock.now_ms()) },
  ];
}

const ofCommands = (): Provider[] => [
  Decisions,
  References,
  UnitRights,
  PresentTime,
  RegisterSeriesBatchHandler,
  ...Object.values(decisionHandlers),
  ...Object.values(kpiHandlers),
  ...Object.values(improvementHandlers),
  ...Object.values(secretHandlers),
];

const ofViews = (): Provider[] => [FreshViews, KnownThings, QueryScopes, LiveUpdates];
