/** A whole application over the memory store, for specs. Views are faked at the seam where the app hands queries in. */
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { Module } from '@nestjs/common';
import { organisationDecider, organisationStream, type PersonRole } from '#lib/domain';
import { executeCommand, MemoryEventStore } from '#lib/event-store';
import { ObservationDoor, SourceRegistry } from '#lib/intake';
import { FixedClock, Health, Metrics } from '#lib/platform';
import type { Page } from '#lib/projections';
import { BootstrapToken } from '../access/bootstrap-token.js';
import { followRegistries } from '../access/follow-registries.js';
import { PeopleDirectory } from '../access/people-directory.js';
import { configureHttp, createHttpAdapter } from '../configure-http.js';
import type { HttpDependencies } from '../dependencies.js';
import type { HttpLogger } from '../http-logger.js';
import { HttpModule } from '../http.module.js';
import type { ViewChange } from '../views/view-progress.js';

export const NOW = '2026-11-24T09:00:00.000Z';
const AS_OF = { position: '7', recordedAt: NOW };
const MEASURE = { kind: 'statistic', statistic: 'mean', series: ['*'] };
const DETAIL = { definition: { measure: MEASURE, unitOfMeasure: '1' }, warnings: [], asOf: AS_OF };

/** What was asked of the views, so that a spec can see how a request was understood. */
export interface AskedQuery {
  readonly name: string;
  readonly arguments: readonly unknown[];
}

/** Answers of the fake views; a spec replaces what it needs. */
export interface FakeViews {
  readonly asked: AskedQuery[];
  currentValue: number | null;
  /** Whole details of a KPI, for specs that read them. */
  detail: object | null;
  periodValue: number | null;
  reviews: readonly { readonly reviewId: string; readonly period: string; readonly state: string }[];
  periodEndsOn: string;
  reached: bigint;
  readonly listeners: Set<(change: ViewChange) => void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface SendOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class HttpFixture {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly store: MemoryEventStore,
    readonly clock: FixedClock,
    readonly views: FakeViews,
    readonly bootstrapToken: string,
    readonly logged: { readonly level: string; readonly facts: object; readonly message: string }[],
    private readonly stop: () => Promise<void>,
  ) {}

  /** @param addRoutes registers routes of plugins beside ours */
  static async start(
    changed: Partial<HttpDependencies> = {},
    addRoutes: (fastify: FastifyInstance) => void = () => undefined,
  ): Promise<HttpFixture> {
    const clock = new FixedClock(NOW);
    const store = new MemoryEventStore({ now: () => clock.now_ms() });
    await establish(store);
    const registry = new SourceRegistry(() => clock.now_ms());
    const people = new PeopleDirectory();
    const failures: unknown[] = [];
    const registries = followRegistries(store, registry, people, (error) => failures.push(error)).start();
    await registries.caughtUp();
    const bootstrap = new BootstrapToken();
    const bootstrapToken = bootstrap.prepare();
    const logged: { level: string; facts: object; message: string }[] = [];
    const views = fakeViews();
    const dependencies: HttpDependencies = {
      store,
      clock,
      logger: loggerInto(logged),
      metrics: new Metrics({ processMetrics: false }),
      health: new Health(),
      registry,
      people,
      registries,
      bootstrap,
      door: new ObservationDoor({ store, registry, now_ms: () => clock.now_ms() }),
      queries: queriesOf(views),
      viewProgress: progressOf(views),
      viewRebuilds: { start: async () => ({ generation: 2 }), running: () => null },
      secure: false,
      ...changed,
    };
    @Module({ imports: [HttpModule.register(dependencies)] })
    class AppUnderTest {}
    const app = await NestFactory.create<NestFastifyApplication>(AppUnderTest, createHttpAdapter(), { logger: false });
    configureHttp(app);
    addRoutes(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new HttpFixture(app, store, clock, views, bootstrapToken, logged, async () => {
      await app.close();
      await registries.stop();
      await store.close();
    });
  }

  async send(method: string, url: string, { token, body, headers = {} }: SendOptions = {}): Promise<Answer> {
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson ? JSON.parse(response.payload) : response.payload,
    };
  }

  post(url: string, token: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', url, { token, ...(body !== undefined && { body }), headers });
  }

  /** The first administrator's token. */
  async admin(): Promise<string> {
    const { body } = await this.send('POST', '/v1/bootstrap', {
      body: { token: this.bootstrapToken, personId: 'root' },
    });
    return body.token as string;
  }

  /** Registers a person and returns a token. */
  async person(admin: string, personId: string, role: PersonRole, unitId?: string): Promise<string> {
    await this.post('/v1/people', admin, { personId, role, ...(unitId !== undefined && { unitId }) });
    return (await this.post(`/v1/people/${personId}/tokens`, admin, {})).body.token as string;
  }

  /** Registers a source and returns a key. */
  async source(admin: string, sourceId: string): Promise<string> {
    await this.post('/v1/sources', admin, { sourceId, name: { en: sourceId } });
    return (await this.post(`/v1/sources/${sourceId}/keys`, admin, {})).body.key as string;
  }

  close(): Promise<void> {
    return this.stop();
  }
}

async function establish(store: MemoryEventStore): Promise<void> {
  const actor = { kind: 'system', id: 'setup', role: 'system' } as const;
  await executeCommand({
    store,
    decider: organisationDecider,
    stream: organisationStream(),
    command: {
      type: 'EstablishOrganisation',
      name: { en: 'City' },
      timeZone: 'Asia/Shanghai',
      fiscalYearStartMonth: 1,
      actor,
    },
    commandId: 'setup',
    metadata: { actor, correlationId: 'setup' },
  });
}

function fakeViews(): FakeViews {
  return {
    asked: [],
    reviews: [],
    detail: null,
    currentValue: 40,
    periodValue: 30,
    periodEndsOn: '2026-11-30',
    reached: 1_000_000n,
    listeners: new Set(),
  };
}

function progressOf(views: FakeViews): HttpDependencies['viewProgress'] {
  return {
    waitFor: async (position) => position <= views.reached,
    lag: () => ({ lag_events: 0, lag_seconds: 0, position: '7', parked: 0 }),
    digest: async () => ({ digest: 'd1', position: '7' }),
    onChange: (listener) => {
      views.listeners.add(listener);
      return () => views.listeners.delete(listener);
    },
  };
}

const emptyPage: Page<never> = { items: [], asOf: AS_OF };

/** Query classes whose methods note what they were asked and answer something of the right shape. */
function queriesOf(views: FakeViews): HttpDependencies['queries'] {
  const answering = (answers: Record<string, () => unknown>): never =>
    Object.fromEntries(
      Object.entries(answers).map(([name, answer]) => [
        name,
        (...given: unknown[]) => {
          views.asked.push({ name, arguments: given });
          return answer();
        },
      ]),
    ) as never;
  const page = () => emptyPage;
  return {
    kpis: answering({
      list: page,
      detail: () => views.detail ?? { ...DETAIL, current: { value: views.currentValue } },
      periods: page,
      explain: () => ({ value: views.periodValue, period: { endsOn: views.periodEndsOn }, asOf: AS_OF }),
    }),
    units: answering({ units: page, unit: () => ({ unitId: 'air' }), goals: page }),
    audit: answering({ list: page }),
    improvement: answering({
      reviews: () => ({ items: views.reviews, asOf: AS_OF }),
      actions: page,
      review: () => ({ reviewId: 'r' }),
      action: () => null,
      agenda: () => ({
        items: [{ kpiId: 'pm25', reason: 'off-track', value: 40, expected: 35, attainment_percent: 50 }],
        asOf: AS_OF,
      }),
    }),
    series: answering({ series: page, observations: page, rollups: page, quarantine: page }),
    operations: answering({
      status: () => ({ generation: 1, position: '7', recordedAt: NOW, parked: [], parkedCount: 0 }),
    }),
  };
}

function loggerInto(logged: { level: string; facts: object; message: string }[]): HttpLogger {
  const at =
    (level: string) =>
    (facts: object, message: string): void =>
      void logged.push({ level, facts, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
