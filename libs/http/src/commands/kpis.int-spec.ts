import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fold, kpiDecider, unitDecider, type KpiEvent, type UnitEvent } from '#lib/domain';
import { decodeEvent } from '#lib/event-store';
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

  it('refuse to activate what is not SMART, letter by letter, and take no seat for it', async () => {
    await http.post('/v1/kpis', olga, kpiBody('pm25'));
    const answer = await http.post('/v1/kpis/pm25/activate', olga);
    expect([answer.status, answer.body.code]).toEqual([400, 'KPI.NOT_SMART']);
    expect(answer.body.problems.every(({ where }: { where: string }) => where.startsWith('smart.'))).toBe(true);
    expect(await seats()).toEqual([]);
  });

  it('refuse to activate what measures a series that nobody registered, until it is', async () => {
    await draftKpi(http, olga, 'pm25', { measure: { kind: 'statistic', statistic: 'mean', series: [SERIES_KEY] } });
    const answer = await http.post('/v1/kpis/pm25/activate', olga);
    expect([answer.status, answer.body.code, answer.body.problems[0].where]).toEqual([
      400,
      'KPI.SERIES_UNKNOWN',
      'smart.measurable',
    ]);
    expect(await seats()).toEqual([]);
    await http.source(admin, 'stations');
    await http.post('/v1/series', admin, {
      seriesKey: SERIES_KEY,
      sourceId: 'stations',
      name: { en: 'One' },
      unitOfMeasure: 'ug/m3',
    });
    expect((await http.post('/v1/kpis/pm25/activate', olga)).status).toBe(200);
  });

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

  it('move the seat along when an active KPI is redefined', async () => {
    await draftKpi(http, olga, 'pm25');
    await http.post('/v1/kpis/pm25/activate', olga);
    const { kpiId: _kpiId, ...definition } = kpiBody('pm25', { weight: 35, horizon: 'long' });
    const answer = await http.post('/v1/kpis/pm25/redefine', olga, {
      ...definition,
      reason: 'Weights were balanced anew',
    });
    expect(answer.status).toBe(200);
    expect(await seats()).toEqual([{ kpiId: 'pm25', weight: 35, horizon: 'long' }]);
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
      expect(own.status).toBe(403);
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
