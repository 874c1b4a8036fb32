import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fold, kpiDecider, unitDecider, type KpiEvent, type UnitEvent } from '#lib/domain';
import { decodeEvent, executeCommand } from '#lib/event-store';
import { baselineBody, SERIES_KEY, draftKpi, foundCity, kpiBody, targetBody } from '../spec-support/city.js';
import { HttpFixture } from '../spec-support/http-fixture.js';

describe('KPI commands', () => {
  let http: HttpFixture;
  let admin: string;
  let olga: string;
  let eva: string;

  beforeEach(async () => {
    http = await HttpFixture.start();
    ({ admin, olga, eva } = await foundCity(http));
  });

  afterEach(() => http.close());

  /** Only what is measured by a registered series can be activated. */
  const registerStation = async () => {
    await http.source(admin, 'stations');
    const series = { seriesKey: SERIES_KEY, sourceId: 'stations', name: { en: 'One' }, unitOfMeasure: 'ug/m3' };
    await http.post('/v1/series', admin, series);
  };
  const seats = async () => {
    const events: UnitEvent[] = [];
    for await (const stored of http.store.readStream('unit-air')) events.push(decodeEvent<UnitEvent>(stored));
    return fold(unitDecider, events).seats;
  };
  const kpi = async (kpiId: string) => {
    const events: KpiEvent[] = [];
    for await (const stored of http.store.readStream(`kpi-${kpiId}`)) events.push(decodeEvent<KpiEvent>(stored));
    return fold(kpiDecider, events);
  };

  it('define, set up and activate a KPI in a seat of its unit', async () => {
    expect((await http.post('/v1/kpis', olga, kpiBody('pm25'))).status).toBe(201);
    expect((await http.post('/v1/kpis/pm25/baseline', olga, baselineBody)).status).toBe(200);
    expect((await http.post('/v1/kpis/pm25/target', olga, targetBody)).status).toBe(200);
    const active = await http.post('/v1/kpis/pm25/activate', olga);
    expect([active.status, active.body.revision]).toEqual([200, '3']);
    expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 20, horizon: 'short' }]);
    expect((await kpi('pm25')).activatedOn).toBe('2026-11-24');
    expect((await http.post('/v1/kpis/pm25/activate', olga)).body).toEqual(active.body);
  });

  it('refuse to activate what is not SMART, letter by letter with the way to mend it, and take no seat for it', async () => {
    await http.post(
      '/v1/kpis',
      olga,
      kpiBody('pm25', { description: undefined, dataSource: undefined, goalId: undefined }),
    );
    const answer = await http.post('/v1/kpis/pm25/activate', olga);
    expect([answer.status, answer.body.code]).toEqual([400, 'KPI.NOT_SMART']);
    const told = answer.body.problems.map(({ where, fields, mend }: Record<string, unknown>) => [where, fields, mend]);
    expect(told).toEqual([
      ['smart.specific', ['description'], 'POST /v1/kpis/pm25/redefine with description'],
      ['smart.measurable', ['dataSource'], 'POST /v1/kpis/pm25/redefine with dataSource'],
      ['smart.achievable', ['baseline', 'target'], 'POST /v1/kpis/pm25/baseline; POST /v1/kpis/pm25/target'],
      ['smart.relevant', ['goalId'], 'POST /v1/kpis/pm25/redefine with goalId'],
      ['smart.time-bound', ['target'], 'POST /v1/kpis/pm25/target'],
    ]);
    expect(await seats()).toEqual([]);
  });

  it.each(['environment/air/pm25/station-9', 'environment/air/pm52/*'])(
    'refuse to activate what measures %s, which nobody registered, until it is',
    async (selector) => {
      await draftKpi(http, olga, 'pm25', { measure: { kind: 'statistic', statistic: 'mean', series: [selector] } });
      const answer = await http.post('/v1/kpis/pm25/activate', olga);
      const [problem] = answer.body.problems;
      expect([answer.status, answer.body.code, problem.where]).toEqual([400, 'KPI.NOT_SMART', 'smart.measurable']);
      expect([problem.what, problem.mend]).toEqual([
        expect.stringContaining(selector),
        'POST /v1/series to register the series; POST /v1/kpis/pm25/redefine with measure',
      ]);
      expect(await seats()).toEqual([]);
      await http.post('/v1/series', admin, {
        seriesKey: selector.replace('*', 'station-1'),
        sourceId: 'stations',
        name: { en: 'One' },
        unitOfMeasure: 'ug/m3',
      });
      expect((await http.post('/v1/kpis/pm25/activate', olga)).status).toBe(200);
    },
  );

  it('refuse a sixth active KPI, also when all are activated at once', async () => {
    const ids = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];
    for (const id of ids) await draftKpi(http, olga, id);
    const answers = await Promise.all(ids.map((id) => http.post(`/v1/kpis/${id}/activate`, olga)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    for (const { body } of answers.filter(({ status }) => status !== 200)) expect(body.code).toBe('UNIT.SIX_KPIS');
    expect(await seats()).toHaveLength(5);
  });

  it('free the seat when a KPI is retired', async () => {
    await draftKpi(http, olga, 'pm25');
    await http.post('/v1/kpis/pm25/activate', olga);
    expect((await http.post('/v1/kpis/pm25/retire', olga, { reason: 'Replaced by another' })).status).toBe(200);
    expect(await seats()).toEqual([]);
    expect((await http.post('/v1/kpis/pm25/activate', olga)).status).toBe(409);
    expect(await seats()).toEqual([]);
  });

  it('redefine what describes an active KPI, and nothing of its method', async () => {
    await registerStation();
    await draftKpi(http, olga, 'pm25');
    await http.post('/v1/kpis/pm25/activate', olga);
    const redefine = (changed: object) => {
      const { kpiId: _kpiId, ...definition } = kpiBody('pm25', changed);
      return http.post('/v1/kpis/pm25/redefine', olga, { ...definition, reason: 'Weights were balanced anew' });
    };
    const answer = await redefine({ weight: 35, horizon: 'long' });
    expect([answer.status, answer.body.code]).toEqual([409, 'KPI.METHOD_NEEDS_APPROVAL']);
    expect(answer.body.problems.map(({ where }: { where: string }) => where)).toEqual(['weight', 'horizon']);
    expect((await redefine({ decimals: 0 })).status).toBe(200);
    expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 20, horizon: 'short' }]);
  });

  it.each([
    ['unitId', { unitId: 'nowhere' }],
    ['goalId', { goalId: 'nothing' }],
    ['ownerId', { ownerId: 'nobody' }],
  ])('refuse an unknown %s', async (where, changed) => {
    const answer = await http.post('/v1/kpis', olga, kpiBody('pm25', changed));
    expect([answer.status, answer.body.code, answer.body.problems[0].where]).toEqual([400, 'REFERENCE.UNKNOWN', where]);
  });

  it.each([
    ['measure.kind', { measure: { kind: 'median', series: ['a'] } }],
    ['measure.statistic', { measure: { kind: 'statistic', statistic: 'mode', series: ['a'] } }],
    ['measure.series', { measure: { kind: 'statistic', statistic: 'mean', series: ['*a'] } }],
    ['measure.percentile', { measure: { kind: 'percentile', percentile: 101, series: ['a'] } }],
    [
      'measure.numerator.series',
      {
        measure: {
          kind: 'ratio',
          numerator: { statistic: 'sum' },
          denominator: { statistic: 'sum', series: ['b'] },
          scale: 1,
          complement: false,
        },
      },
    ],
    ['measure.extra', { measure: { kind: 'statistic', statistic: 'mean', series: ['a'], extra: 1 } }],
    ['name.fr', { name: { fr: 'x' } }],
    ['weight', { weight: '20' }],
    ['decimals', { decimals: 1.5 }],
    ['status', { status: 'active' }],
    ['measure', { measure: null }],
  ])('name the field %s that is wrong', async (where, changed) => {
    const answer = await http.post('/v1/kpis', olga, kpiBody('pm25', changed));
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION']);
    expect(answer.body.problems.map((problem: { where: string }) => problem.where)).toContain(where);
  });

  it.each([
    { kind: 'percentile', percentile: 95, series: ['air/*'] },
    { kind: 'share', comparison: 'at-or-below', threshold: 35, series: ['air/1', 'air/2'] },
    {
      kind: 'days',
      dayStatistic: 'mean',
      comparison: 'above',
      threshold: 75,
      minimumObservations: 18,
      series: ['air/*'],
    },
    {
      kind: 'ratio',
      numerator: { statistic: 'sum', series: ['late'] },
      denominator: { statistic: 'sum', series: ['all'] },
      scale: 100,
      complement: true,
    },
  ])('take the measure $kind as it is', async (measure) => {
    const answer = await http.post('/v1/kpis', olga, kpiBody('pm25', { measure }));
    expect(answer.status).toBe(201);
    expect((await kpi('pm25')).definition?.measure).toEqual(measure);
  });

  describe('of method changes', () => {
    const change = {
      changeId: 'm1',
      method: { weight: 35, horizon: 'long', period: 'quarter' },
      effectiveFrom: '2026-11-24',
      reason: 'Weights were balanced anew',
    };
    const path = '/v1/kpis/pm25/method-changes';

    beforeEach(async () => {
      await registerStation();
      await draftKpi(http, olga, 'pm25');
      await http.post('/v1/kpis/pm25/activate', olga);
    });

    it('need another approver than the proposer, change the definition and move the seat along', async () => {
      expect((await http.post(path, olga, change)).status).toBe(201);
      expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 20, horizon: 'short' }]);
      const own = await http.post(`${path}/m1/approve`, olga);
      expect([own.status, own.body.code]).toEqual([403, 'KPI.METHOD_CHANGE.OWN_PROPOSAL']);
      const approved = await http.post(`${path}/m1/approve`, eva);
      expect(approved.status).toBe(200);
      expect((await kpi('pm25')).definition).toMatchObject(change.method);
      expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 35, horizon: 'long' }]);
      expect((await http.post(`${path}/m1/approve`, eva)).body).toEqual(approved.body);
      expect((await http.post(`${path}/m1/approve`, admin)).body.code).toBe('KPI.METHOD_CHANGE.DECIDED');
    });

    it('bring the seat along when an approval that stopped in between is repeated', async () => {
      await http.post(path, olga, change);
      // given an approval after which the unit was not told
      await executeCommand({
        store: http.store,
        decider: kpiDecider,
        stream: 'kpi-pm25',
        command: {
          type: 'ApproveMethodChange',
          kpiId: 'pm25',
          changeId: 'm1',
          today: '2026-11-24',
          actor: { kind: 'person', id: 'eva', role: 'evaluator' },
        },
        commandId: 'stopped',
        metadata: { actor: { kind: 'person', id: 'eva', role: 'evaluator' }, correlationId: 'stopped' },
      });
      // when
      expect((await http.post(`${path}/m1/approve`, eva)).status).toBe(200);
      // then
      expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 35, horizon: 'long' }]);
    });

    it('can be rejected with a reason, and are approved neither then nor before their day', async () => {
      await http.post(path, olga, { ...change, effectiveFrom: '2027-01-01' });
      const early = await http.post(`${path}/m1/approve`, eva);
      expect([early.status, early.body.code]).toEqual([409, 'KPI.METHOD_CHANGE.TOO_EARLY']);
      expect((await http.post(`${path}/m1/reject`, eva, { reason: 'Keep the weights' })).status).toBe(200);
      expect((await http.post(`${path}/m1/approve`, eva)).status).toBe(409);
      expect((await http.post(`${path}/m9/approve`, eva)).status).toBe(404);
    });

    it.each([
      ['method', { method: undefined }],
      ['method.weight', { method: { weight: '35' } }],
      ['method.direction', { method: { direction: 'up' } }],
      ['method.measure.kind', { method: { measure: { kind: 'median', series: ['a'] } } }],
      ['reason', { reason: undefined }],
    ])('name the field %s that is wrong', async (where, changed) => {
      const answer = await http.post(path, olga, { ...change, ...changed });
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION']);
      expect(answer.body.problems.map((problem: { where: string }) => problem.where)).toContain(where);
    });

    it('refuse a measure of series that nobody registered', async () => {
      const measure = { kind: 'statistic', statistic: 'max', series: ['environment/air/pm52/*'] };
      const answer = await http.post(path, olga, { ...change, method: { measure } });
      expect([answer.status, answer.body.code, answer.body.problems[0].where]).toEqual([
        400,
        'KPI.METHOD_CHANGE.INVALID',
        'smart.measurable',
      ]);
    });
  });

  describe('of target changes', () => {
    const change = {
      changeId: 'c1',
      target: { value: 33, date: '2026-12-31' },
      effectiveFrom: '2026-12-01',
      reason: 'The plant opens later',
    };

    beforeEach(async () => {
      await draftKpi(http, olga, 'pm25');
      await http.post('/v1/kpis/pm25/activate', olga);
      expect((await http.post('/v1/kpis/pm25/target-changes', olga, change)).status).toBe(201);
    });

    it('need another approver than the proposer', async () => {
      const own = await http.post('/v1/kpis/pm25/target-changes/c1/approve', olga);
      expect([own.status, own.body.title]).toEqual([403, 'Nobody decides on an own proposal']);
      expect((await http.post('/v1/kpis/pm25/target-changes/c1/approve', eva)).status).toBe(200);
      expect((await kpi('pm25')).targets).toHaveLength(2);
    });

    it('can be rejected with a reason', async () => {
      expect((await http.post('/v1/kpis/pm25/target-changes/c1/reject', eva, {})).body.problems[0].where).toBe(
        'reason',
      );
      const answer = await http.post('/v1/kpis/pm25/target-changes/c1/reject', eva, { reason: 'Keep the ambition' });
      expect(answer.status).toBe(200);
      expect((await http.post('/v1/kpis/pm25/target-changes/c1/approve', admin)).status).toBe(409);
    });

    it('do not approve what does not exist', async () => {
      expect((await http.post('/v1/kpis/pm25/target-changes/c9/approve', eva)).status).toBe(404);
      expect((await http.post('/v1/kpis/nothing/activate', eva)).status).toBe(403);
      expect((await http.post('/v1/kpis/nothing/activate', olga)).body.code).toBe('KPI.UNKNOWN');
    });
  });
});
