import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActionEvent, ReviewEvent } from '#lib/domain';
import { decodeEvent } from '#lib/event-store';
import { actionBody, draftKpi, foundCity } from '../spec-support/city.js';
import { HttpFixture } from '../spec-support/http-fixture.js';

describe('improvement commands', () => {
  let http: HttpFixture;
  let olga: string;
  let eva: string;

  beforeEach(async () => {
    http = await HttpFixture.start();
    ({ olga, eva } = await foundCity(http));
    await draftKpi(http, olga, 'pm25');
  });

  afterEach(() => http.close());

  const lastOf = async <Event extends ReviewEvent | ActionEvent>(stream: string): Promise<Event['data']> => {
    let last;
    for await (const stored of http.store.readStream(stream)) last = stored;
    return decodeEvent<Event>(last!).data;
  };
  const open = (changed: object = {}) =>
    http.post('/v1/reviews', eva, { reviewId: 'r1', unitId: 'air', period: '2026-11', ...changed });
  const finding = {
    findingId: 'f1',
    kpiId: 'pm25',
    criteria: 'Below 35',
    condition: 'Is 40',
    cause: 'Heating',
    effect: 'Illness',
  };

  it('open a review with the agenda that the data give', async () => {
    const answer = await open();
    expect(answer.status).toBe(201);
    expect(await lastOf<ReviewEvent>('review-r1')).toEqual({
      reviewId: 'r1',
      unitId: 'air',
      period: '2026-11',
      openedOn: '2026-11-24',
      agenda: [{ kpiId: 'pm25', reason: 'off-track', value: 40, expected: 35, attainment_percent: 50 }],
      asOf: '7',
    });
  });

  it('ask the data for the agenda of the period under review', async () => {
    await open({ period: '2026-09' });
    expect(http.views.asked.find(({ name }) => name === 'agenda')!.arguments.slice(0, 2)).toEqual(['air', '2026-09']);
  });

  it('open no second review of a unit and period while one is open, also when both come at once', async () => {
    http.views.reviews = [{ reviewId: 'r0', period: '2026-11', state: 'open' }];
    const second = await open();
    expect([second.status, second.body.code]).toEqual([409, 'REVIEW.ALREADY_OPEN']);
    expect(second.body.detail).toContain('r0');
    expect((await open({ period: '2026-10' })).status).toBe(201);
    expect((await open({ reviewId: 'r0' })).status).toBe(201);
    http.views.reviews = [{ reviewId: 'r0', period: '2026-11', state: 'closed' }];
    expect((await open({ reviewId: 'r2' })).status).toBe(201);
  });

  it('do not let anybody write an own agenda, and refuse an unknown unit', async () => {
    expect((await open({ agenda: [] })).body.problems[0].where).toBe('agenda');
    expect((await open({ unitId: 'nowhere' })).body.problems[0].where).toBe('unitId');
  });

  it('wait for the views before deciding on their figures, and give up with 503', async () => {
    http.views.reached = 0n;
    const answer = await open();
    expect([answer.status, answer.body.code]).toEqual([503, 'VIEWS_BEHIND']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('record findings and close the review', async () => {
    await open();
    expect((await http.post('/v1/reviews/r1/findings', eva, finding)).status).toBe(201);
    const unknown = await http.post('/v1/reviews/r1/findings', eva, { ...finding, findingId: 'f2', kpiId: 'nothing' });
    expect(unknown.body.problems[0].where).toBe('kpiId');
    expect((await http.post('/v1/reviews/r1/close', eva, { conclusion: 'More sweeping' })).status).toBe(200);
    expect((await http.post('/v1/reviews/r1/findings', eva, { ...finding, findingId: 'f3' })).status).toBe(409);
  });

  it('plan an action from the present value, for a finding of a review', async () => {
    await open();
    await http.post('/v1/reviews/r1/findings', eva, finding);
    const planned = await http.post(
      '/v1/actions',
      olga,
      actionBody('a1', { reviewId: 'r1', findingId: 'f1', goalId: 'clean-air' }),
    );
    expect(planned.status).toBe(201);
    expect(await lastOf<ActionEvent>('action-a1')).toMatchObject({
      unitId: 'air',
      valueAtPlanning: 40,
      plannedOn: '2026-11-24',
    });
  });

  it.each([
    ['kpiId', { kpiId: 'nothing' }],
    ['ownerId', { ownerId: 'nobody' }],
    ['goalId', { goalId: 'nothing' }],
    ['reviewId', { reviewId: 'nothing' }],
    ['unitId', { unitId: 'elsewhere' }],
  ])('refuse an action whose %s is not there', async (where, changed) => {
    const answer = await http.post('/v1/actions', olga, actionBody('a1', changed));
    expect([answer.status, answer.body.problems[0].where]).toEqual([400, where]);
  });

  it('follow an action up and judge from the data whether it worked', async () => {
    await http.post('/v1/actions', olga, actionBody('a1'));
    expect((await http.post('/v1/actions/a1/progress', olga, { percent: 50, note: 'Half way' })).status).toBe(200);
    const early = await http.post('/v1/actions/a1/check', eva, { period: '2026-11', note: 'Too early' });
    expect([early.status, early.body.code]).toEqual([409, 'ACTION.NOT_COMPLETED']);
    expect((await http.post('/v1/actions/a1/complete', olga, { note: 'Done' })).status).toBe(200);
    const checked = await http.post('/v1/actions/a1/check', eva, { period: '2026-11', note: 'It helped' });
    expect(checked.status).toBe(200);
    expect(await lastOf<ActionEvent>('action-a1')).toMatchObject({
      check: {
        period: '2026-11',
        value: 30,
        judged: 'yes',
        worked: 'yes',
        note: 'It helped',
        asOf: '7',
        checkedOn: '2026-11-24',
      },
    });
    expect(http.views.asked.find(({ name }) => name === 'explain')!.arguments.slice(0, 2)).toEqual(['pm25', '2026-11']);
  });

  it.each([
    [38, undefined, 'partly', 'partly'],
    [41, undefined, 'no', 'no'],
    [null, undefined, 'unknown', 'unknown'],
    [41, 'partly', 'no', 'partly'],
  ] as const)('judge a value of %s (told %s) as %s and record %s', async (value, worked, judged, expected) => {
    http.views.periodValue = value;
    await http.post('/v1/actions', olga, actionBody('a1'));
    await http.post('/v1/actions/a1/complete', olga, { note: 'Done' });
    await http.post('/v1/actions/a1/check', eva, { period: '2026-11', note: 'Looked', ...(worked && { worked }) });
    expect(await lastOf<ActionEvent>('action-a1')).toMatchObject({ check: { value, judged, worked: expected } });
  });

  it('refuse a check of a period that was over before the action was completed, naming both days', async () => {
    http.views.periodEndsOn = '2026-10-31';
    await http.post('/v1/actions', olga, actionBody('a1'));
    await http.post('/v1/actions/a1/complete', olga, { note: 'Done' });
    const answer = await http.post('/v1/actions/a1/check', eva, { period: '2026-10', note: 'Looked' });
    expect([answer.status, answer.body.code]).toEqual([400, 'ACTION.CHECK_TOO_EARLY']);
    expect(answer.body.detail).toMatch(/2026-10-31.*2026-11-24/);
  });

  it('refuse a check by the owner of the action', async () => {
    await http.post('/v1/actions', olga, actionBody('a1'));
    await http.post('/v1/actions/a1/complete', olga, { note: 'Done' });
    const answer = await http.post('/v1/actions/a1/check', olga, { period: '2026-11', note: 'It did help' });
    expect([answer.status, answer.body.code]).toEqual([403, 'ACTION.OWN_CHECK']);
  });

  it("refuse an effect that goes against the KPI's direction", async () => {
    const worse = actionBody('a1', { expectedEffect: { value: 41, date: '2027-01-31' } });
    const answer = await http.post('/v1/actions', olga, worse);
    expect([answer.status, answer.body.code, answer.body.problems[0].where]).toEqual([
      400,
      'ACTION.INVALID',
      'expectedEffect.value',
    ]);
    http.views.currentValue = null;
    expect((await http.post('/v1/actions', olga, worse)).status).toBe(201);
  });

  it("give findings and actions the KPI's goal unless they name another", async () => {
    await http.post('/v1/goals', olga, { goalId: 'quiet', unitId: 'air', name: { en: 'Quiet streets' } });
    await open();
    const goals: (string | undefined)[] = [];
    const findings = [finding, { ...finding, findingId: 'f2', goalId: 'quiet' }];
    const { kpiId: _kpiId, ...aboutNone } = { ...finding, findingId: 'f3' };
    for (const one of [...findings, aboutNone]) {
      expect((await http.post('/v1/reviews/r1/findings', eva, one)).status).toBe(201);
      goals.push((await lastOf<ReviewEvent & { type: 'FindingRecorded' }>('review-r1')).finding.goalId);
    }
    for (const [actionId, more] of [['a1', {}] as const, ['a2', { goalId: 'quiet' }] as const]) {
      expect((await http.post('/v1/actions', olga, actionBody(actionId, more))).status).toBe(201);
      goals.push((await lastOf<ActionEvent & { type: 'ActionPlanned' }>(`action-${actionId}`)).goalId);
    }
    expect(goals).toEqual(['clean-air', 'quiet', undefined, 'clean-air', 'quiet']);
  });

  it('cancel an action with a reason, after which nothing more happens to it', async () => {
    await http.post('/v1/actions', olga, actionBody('a1'));
    expect((await http.post('/v1/actions/a1/cancel', olga, { reason: 'No money left' })).status).toBe(200);
    expect((await http.post('/v1/actions/a1/progress', olga, { percent: 60, note: 'x' })).status).toBe(409);
    expect((await http.post('/v1/actions/a9/check', eva, { period: '2026-11', note: 'x' })).status).toBe(404);
  });
});
