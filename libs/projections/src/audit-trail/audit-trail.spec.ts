import { describe, expect, it } from '@jest/globals';
import { AuditQueries } from '../queries/audit-queries.js';
import { ACTOR, kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';

const change = (changeId: string, value: number): object => ({
  kpiId: 'pm25-mean',
  changeId,
  target: { value, date: '2026-12-31' },
  effectiveFrom: '2026-10-01',
  reason: 'measured near a road now',
  proposedBy: 'ada',
  approvedBy: 'grace',
});

function story(): WrittenLog {
  return new WrittenLog()
    .organisation()
    .series('pm25')
    .unit('air')
    .kpi(kpiDefinition('pm25-mean'))
    .say('kpi-pm25-mean', 'KpiTargetSet', {
      kpiId: 'pm25-mean',
      target: { value: 20, date: '2026-12-31' },
      effectiveFrom: '2026-01-01',
    })
    .observe(['pm25', '2026-10-05T00:00:00Z', 35])
    .say('kpi-pm25-mean', 'TargetChangeProposed', change('c1', 40));
}

describe('audit trail', () => {
  it('says who decided what, why, from when, and what was there before and after', () => {
    const grace = { kind: 'person', id: 'grace', role: 'evaluator' } as const;
    const log = story().say('kpi-pm25-mean', 'TargetChangeApproved', change('c1', 40), grace);
    const { items } = new AuditQueries(viewsOf(log.events).source).list({ kpiId: 'pm25-mean' }, NOW);
    expect(items.map(({ type }) => type)).toEqual([
      'TargetChangeApproved',
      'TargetChangeProposed',
      'KpiTargetSet',
      'KpiDefined',
    ]);
    expect(items[0]).toEqual({
      position: '8',
      recordedAt: '2026-11-24T06:00:08.000Z',
      subject: { kind: 'kpi', id: 'pm25-mean' },
      unitId: 'air',
      type: 'TargetChangeApproved',
      actor: grace,
      proposedBy: 'ada',
      approvedBy: 'grace',
      reason: 'measured near a road now',
      effectiveFrom: '2026-10-01',
      before: { value: 20, date: '2026-12-31' },
      after: { value: 40, date: '2026-12-31' },
      marks: ['turns-missed-into-met'],
      markedPeriods: ['2026-10'],
    });
    expect(items[3]).toMatchObject({ actor: ACTOR, before: null, after: { kpiId: 'pm25-mean' }, marks: [] });
  });

  it('marks only a change that turns a missed target into a met one, by what was known at its position', () => {
    const stillMissed = story().say('kpi-pm25-mean', 'TargetChangeApproved', change('c1', 30));
    const metLater = story()
      .say('kpi-pm25-mean', 'TargetChangeApproved', change('c1', 40))
      .observe(['pm25', '2026-10-05T00:00:00Z', 10]);
    const metBefore = story()
      .observe(['pm25', '2026-10-05T00:00:00Z', 10])
      .say('kpi-pm25-mean', 'TargetChangeApproved', change('c1', 40));
    const marks = (log: WrittenLog, size?: number): readonly string[] => {
      const { items } = new AuditQueries(viewsOf(log.events, size).source).list({}, NOW);
      return items.find(({ type }) => type === 'TargetChangeApproved')!.marks;
    };
    const withFuture = story()
      .observe(['pm25', '2126-10-05T00:00:00Z', 10])
      .say('kpi-pm25-mean', 'TargetChangeApproved', change('c1', 40));
    expect(marks(withFuture)).toEqual(['turns-missed-into-met']);
    expect(marks(stillMissed)).toEqual([]);
    expect(marks(metBefore)).toEqual([]);
    for (const size of [1, 100]) expect(marks(metLater, size)).toEqual(['turns-missed-into-met']);
  });

  describe('of method changes', () => {
    const grace = { kind: 'person', id: 'grace', role: 'evaluator' } as const;
    const maximum = { measure: { kind: 'statistic', statistic: 'max', series: ['pm25'] } } as const;
    const minimum = { measure: { kind: 'statistic', statistic: 'min', series: ['pm25'] } } as const;
    const methodChange = (method: object): object => ({
      kpiId: 'pm25-mean',
      changeId: 'c1',
      method,
      effectiveFrom: '2026-11-01',
      reason: 'one station is not the city',
      proposedBy: 'ada',
    });
    const proposed = (method: object): WrittenLog =>
      story()
        .observe(['pm25', '2026-10-06T00:00:00Z', 15])
        .say('kpi-pm25-mean', 'MethodChangeProposed', methodChange(method));
    const newest = (log: WrittenLog) => new AuditQueries(viewsOf(log.events).source).list({}, NOW).items[0]!;

    it('tells who proposed and approved, why, from when, and the changed fields before and after', () => {
      const method = { ...maximum, weight: 50 };
      const approved = { ...methodChange(method), approvedBy: 'grace' };
      const log = proposed(method).say('kpi-pm25-mean', 'MethodChangeApproved', approved, grace);
      expect(newest(log)).toMatchObject({
        type: 'MethodChangeApproved',
        subject: { kind: 'kpi', id: 'pm25-mean' },
        unitId: 'air',
        actor: grace,
        proposedBy: 'ada',
        approvedBy: 'grace',
        reason: 'one station is not the city',
        effectiveFrom: '2026-11-01',
        before: { measure: { statistic: 'mean' }, weight: 100 },
        after: method,
        marks: [],
      });
    });

    it('tells of a rejection whose proposal it was, though a target change has the same id', () => {
      const rejection = { kpiId: 'pm25-mean', changeId: 'c1', reason: 'it is', rejectedBy: 'grace' };
      const log = proposed(maximum).say('kpi-pm25-mean', 'MethodChangeRejected', rejection, grace);
      expect(newest(log)).toMatchObject({
        type: 'MethodChangeRejected',
        proposedBy: 'ada',
        approvedBy: null,
        effectiveFrom: '2026-11-01',
        reason: 'it is',
      });
    });

    it('marks only one that turns a missed target into a met one', () => {
      const marks = (method: object) =>
        newest(
          proposed(method).say('kpi-pm25-mean', 'MethodChangeApproved', {
            ...methodChange(method),
            approvedBy: 'grace',
          }),
        ).marks;
      // The mean of 35 and 15 misses 20, as the maximum does; the minimum meets it.
      expect(marks(maximum)).toEqual([]);
      expect(marks({ weight: 1 })).toEqual([]);
      expect(marks(minimum)).toEqual(['turns-missed-into-met']);
    });
  });

  const markedBy = (log: WrittenLog, type: string): readonly string[] =>
    new AuditQueries(viewsOf(log.events).source).list({}, NOW).items.find((one) => one.type === type)!.markedPeriods;

  it('names every period that a target reaching back turns, not only the newest, and no other', () => {
    const log = story()
      .observe(['pm25', '2026-08-05T00:00:00Z', 35], ['pm25', '2026-09-05T00:00:00Z', 38])
      .observe(['pm25', '2026-11-05T00:00:00Z', 15], ['pm25', '2026-07-05T00:00:00Z', 10])
      .say('kpi-pm25-mean', 'TargetChangeApproved', { ...change('c1', 40), effectiveFrom: '2026-09-01' });
    expect(markedBy(log, 'TargetChangeApproved')).toEqual(['2026-09', '2026-10']);
  });

  it('marks a redefinition of an active KPI by which a missed period is met, and one of a draft never', () => {
    const minimum = { kind: 'statistic', statistic: 'min', series: ['pm25'] } as const;
    const redefined = (log: WrittenLog): WrittenLog =>
      log.observe(['pm25', '2026-10-06T00:00:00Z', 5]).say('kpi-pm25-mean', 'KpiRedefined', {
        ...kpiDefinition('pm25-mean', { measure: minimum }),
        reason: 'easier',
      });
    const active = story().say('kpi-pm25-mean', 'KpiActivated', { kpiId: 'pm25-mean', activatedOn: '2026-01-01' });
    active.observe(['pm25', '2026-10-07T00:00:00Z', 80]);
    expect(markedBy(redefined(active), 'KpiRedefined')).toEqual(['2026-10']);
    expect(markedBy(redefined(story().observe(['pm25', '2026-10-07T00:00:00Z', 80])), 'KpiRedefined')).toEqual([]);
  });

  it('is filtered by unit and subject, paged, and answered as of a position', () => {
    const queries = new AuditQueries(viewsOf(story().events).source);
    expect(queries.list({ unitId: 'air' }, NOW).items.map(({ position }) => position)).toEqual(['7', '5', '4', '3']);
    expect(queries.list({ subjectId: 'pm25' }, NOW).items.map(({ type }) => type)).toEqual(['SeriesRegistered']);
    const first = queries.list({}, { ...NOW, limit: 2 });
    const second = queries.list({}, { ...NOW, limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ position }) => position)).toEqual(['7', '5', '4', '3']);
    const then = queries.list({}, { ...NOW, asOf: '2026-11-24T06:00:04.999Z' });
    expect(then.asOf).toEqual({ position: '4', recordedAt: '2026-11-24T06:00:04.000Z' });
    expect(then.items.map(({ position }) => position)).toEqual(['4', '3', '2']);
    expect(() => queries.list({}, { ...NOW, asOf: '99' })).toThrow(/not yet 99/);
    expect(() => queries.list({}, { ...NOW, cursor: 'WzEsMl0' })).toThrow(/cursor/);
  });

  it('never shows the hash of a key', () => {
    const log = new WrittenLog()
      .organisation()
      .say('source-sensors', 'SourceRegistered', { sourceId: 'sensors', name: { en: 'Sensors' } })
      .say('source-sensors', 'SourceKeyIssued', { sourceId: 'sensors', keyId: 'k1', keySha256: 'f'.repeat(64) });
    const { items } = new AuditQueries(viewsOf(log.events).source).list({ subjectId: 'sensors' }, NOW);
    expect(items[0]).toMatchObject({ type: 'SourceKeyIssued', before: null, after: { keyId: 'k1' } });
    expect(JSON.stringify(items)).not.toContain('ffff');
  });
});
