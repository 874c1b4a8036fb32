import { describe, expect, it } from '@jest/globals';
import {
  activate,
  activation,
  anna,
  baseline,
  bo,
  cleanAir,
  defineCleanAir,
  setBaseline,
  setTarget,
  target,
  TODAY,
} from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type KpiCommand } from './kpi.commands.js';
import { kpiDecider, kpiStream } from './kpi.js';

const { given, after } = scenario(kpiDecider);
const kpiId = 'clean-air';
const redefine = (change: Record<string, unknown>, reason?: string): KpiCommand =>
  ({ ...defineCleanAir, type: 'RedefineKpi', ...change, reason }) as KpiCommand;
const why = 'The council asked for weekly means.';
const retire: KpiCommand = { type: 'RetireKpi', actor: anna, kpiId, reason: 'Replaced by a better one.', today: TODAY };

describe('KPI: definition', () => {
  it('is defined once', () => {
    expect(given().when(defineCleanAir)).toEqual(decided({ type: 'KpiDefined', data: cleanAir }));
    expect(after(defineCleanAir).when(defineCleanAir)).toEqual(decided());
    expect(after(defineCleanAir).when({ ...defineCleanAir, weight: 10 } as KpiCommand)).toEqual(
      refused('conflict', 'KPI.ALREADY_DEFINED'),
    );
    expect(kpiStream(kpiId)).toBe('kpi-clean-air');
  });

  it('may be a draft that lacks what activation asks for', () => {
    const lean = { goalId: undefined, description: undefined, dataSource: undefined, unitOfMeasure: '' };
    expect(given().when({ ...defineCleanAir, ...lean } as KpiCommand)).toMatchObject({ events: [{}] });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no owner', { ownerId: undefined }, 'ownerId'],
    ['a weight of 0', { weight: 0 }, 'weight'],
    ['a weight above 100', { weight: 101 }, 'weight'],
    ['half a decimal', { decimals: 0.5 }, 'decimals'],
    ['an unknown direction', { direction: 'sideways' }, 'direction'],
    ['an unknown period', { period: 'week' }, 'period'],
    ['a value that is stale at once', { staleAfter_days: 0 }, 'staleAfter_days'],
    ['a geometric way into a range', { direction: 'range', trajectory: 'geometric' }, 'trajectory'],
    ['a description too long', { description: { en: 'x'.repeat(4001) } }, 'description.en'],
    ['no measure', { measure: undefined }, 'measure'],
  ])('refuses %s', (_what, change, where) => {
    expect(given().when({ ...defineCleanAir, ...change } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.INVALID', where),
    );
  });

  it('is redefined freely while a draft', () => {
    expect(after(defineCleanAir).when(redefine({ weight: 10, direction: 'up', unitId: 'health' }))).toEqual(
      decided({
        type: 'KpiRedefined',
        data: { ...cleanAir, weight: 10, direction: 'up', unitId: 'health', reason: '' },
      }),
    );
    expect(after(defineCleanAir).when(redefine({}))).toEqual(decided());
    expect(given().when(redefine({}))).toEqual(refused('not-found', 'KPI.UNKNOWN'));
  });

  it('owes a reason for every redefinition once it is active', () => {
    expect(after(...activation).when(redefine({ decimals: 2 }))).toEqual(refused('invalid', 'KPI.INVALID', 'reason'));
    expect(after(...activation).when(redefine({ decimals: 2 }, 'ok'))).toEqual(
      refused('invalid', 'KPI.INVALID', 'reason'),
    );
    expect(after(...activation).when(redefine({ decimals: 2 }, why))).toEqual(
      decided({ type: 'KpiRedefined', data: { ...cleanAir, decimals: 2, reason: why } }),
    );
    expect(after(...activation, redefine({ decimals: 2 }, why)).state.definition).toEqual({
      ...cleanAir,
      decimals: 2,
    });
  });

  it.each([{ unitId: 'health' }, { direction: 'up' }, { unitOfMeasure: 'mg/m3' }])(
    'keeps what was agreed for once it is active: %p',
    (change) => {
      expect(after(...activation).when(redefine(change, why))).toEqual(refused('conflict', 'KPI.FIXED_WHEN_ACTIVE'));
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['measure', { measure: { kind: 'statistic', statistic: 'max', series: ['environment/air/pm25/*'] } }],
    ['weight', { weight: 10 }],
    ['horizon', { horizon: 'short' }],
    ['period', { period: 'quarter' }],
    ['trajectory', { trajectory: 'geometric' }],
  ])('does not let one person change the %s once it is active, whatever the reason', (where, change) => {
    expect(after(...activation).when(redefine({ ...change, decimals: 2 }, why))).toEqual(
      refused('conflict', 'KPI.METHOD_NEEDS_APPROVAL', where),
    );
  });

  it('lets its descriptive fields change with a reason, all of them', () => {
    const described = {
      name: { en: 'Particles' },
      description: { en: 'Mean of all hourly values' },
      dataSource: { en: 'Stations of the city and of the country' },
      limitations: { en: 'Stations stand at roads' },
      decimals: 0,
      ownerId: 'cai',
      goalId: 'live-long',
      staleAfter_days: 40,
    };
    expect(after(...activation, redefine(described, why)).state).toMatchObject({
      status: 'active',
      definition: { ...cleanAir, ...described },
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ goalId: undefined }, 'smart.relevant'],
    [{ description: undefined }, 'smart.specific'],
    [{ dataSource: undefined }, 'smart.measurable'],
  ])('stays SMART once it is active: %p', (change, where) => {
    expect(after(...activation).when(redefine(change, why))).toEqual(refused('invalid', 'KPI.NOT_SMART', where));
  });
});

describe('KPI: baseline and first target', () => {
  it('sets and corrects both while a draft', () => {
    expect(after(defineCleanAir).when(setBaseline)).toEqual(
      decided({ type: 'KpiBaselineSet', data: { kpiId, baseline } }),
    );
    expect(after(defineCleanAir, setBaseline).when(setBaseline)).toEqual(decided());
    const later = { ...setTarget, target: { ...target, value: 30 } } as KpiCommand;
    const state = after(defineCleanAir, setTarget, later).state;
    expect(state.targets).toEqual([{ target: { value: 30, date: '2028-12-31' }, effectiveFrom: '2026-01-01' }]);
    expect(after(defineCleanAir, setTarget, later).when(later)).toEqual(decided());
  });

  it('sets neither directly once it is active, but acknowledges what is so already', () => {
    const active = after(...activation);
    expect(active.when(setBaseline)).toEqual(decided());
    expect(active.when(setTarget)).toEqual(decided());
    expect(active.when({ ...setBaseline, baseline: { ...baseline, value: 70 } } as KpiCommand)).toEqual(
      refused('conflict', 'KPI.NOT_DRAFT'),
    );
    expect(active.when({ ...setTarget, target: { ...target, value: 45 } } as KpiCommand)).toEqual(
      refused('conflict', 'KPI.NOT_DRAFT'),
    );
  });

  it.each<[string, unknown, string]>([
    ['no number', { value: Number.NaN, date: '2026-01-01' }, 'baseline.value'],
    ['a day that does not exist', { value: 1, date: '2026-02-30' }, 'baseline.date'],
    ['a day in the future', { value: 1, date: '2026-11-25' }, 'baseline.date'],
    ['nothing', undefined, 'baseline'],
  ])('refuses a baseline with %s', (_what, value, where) => {
    expect(after(defineCleanAir).when({ ...setBaseline, baseline: value } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.BASELINE_INVALID', where),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no value', { target: { date: '2028-12-31' } }, 'target.value'],
    ['a range', { target: { ...target, range: { low: 1, high: 2, tolerance: 0 } } }, 'target.range'],
    ['a day that does not exist', { target: { value: 1, date: '2028-12-32' } }, 'target.date'],
    ['a start that is no day', { effectiveFrom: 'soon' }, 'effectiveFrom'],
    ['a start after its end', { effectiveFrom: '2028-12-31' }, 'effectiveFrom'],
  ])('refuses for a KPI that goes down a target with %s', (_what, change, where) => {
    expect(after(defineCleanAir).when({ ...setTarget, ...change } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.TARGET_INVALID', where),
    );
  });

  it.each<[string, unknown, string]>([
    ['a value', { value: 1, date: '2028-12-31', range: { low: 1, high: 2, tolerance: 0 } }, 'target.value'],
    ['no bounds', { date: '2028-12-31' }, 'target.range'],
    ['bounds the wrong way round', { date: '2028-12-31', range: { low: 2, high: 1, tolerance: 0 } }, 'target.range'],
    ['no room between its bounds', { date: '2028-12-31', range: { low: 2, high: 2, tolerance: 0 } }, 'target.range'],
    ['no tolerance', { date: '2028-12-31', range: { low: 1, high: 2 } }, 'target.range.tolerance'],
    [
      'a negative tolerance',
      { date: '2028-12-31', range: { low: 1, high: 2, tolerance: -1 } },
      'target.range.tolerance',
    ],
  ])('refuses for a KPI with a range a target with %s', (_what, value, where) => {
    const ranged = { ...defineCleanAir, direction: 'range' } as KpiCommand;
    expect(after(ranged).when({ ...setTarget, target: value } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.TARGET_INVALID', where),
    );
  });
});

describe('KPI: activation', () => {
  it('activates a SMART draft, once', () => {
    const draft = after(defineCleanAir, setBaseline, setTarget);
    expect(draft.when(activate)).toEqual(decided({ type: 'KpiActivated', data: { kpiId, activatedOn: TODAY } }));
    expect(after(...activation).when({ ...activate, today: '2027-01-01' } as KpiCommand)).toEqual(decided());
    expect(given().when(activate)).toEqual(refused('not-found', 'KPI.UNKNOWN'));
  });

  it('refuses what is not SMART, and says which letter', () => {
    expect(after(defineCleanAir).when(activate)).toEqual(
      refused('invalid', 'KPI.NOT_SMART', 'smart.achievable', 'smart.time-bound'),
    );
    const lost = { ...activate, unmatchedSeries: ['air/pm52/*'] } as KpiCommand;
    const draft = after(defineCleanAir, setBaseline, setTarget);
    expect(draft.when(lost)).toEqual(refused('invalid', 'KPI.NOT_SMART', 'smart.measurable'));
    expect(after(...activation).when(lost)).toEqual(decided());
  });
});

describe('KPI: retirement', () => {
  it('retires a draft or an active KPI with a reason, once', () => {
    expect(after(defineCleanAir).when(retire)).toMatchObject({ events: [{ type: 'KpiRetired' }] });
    expect(after(...activation, retire).state).toMatchObject({ status: 'retired', retiredOn: TODAY });
    expect(after(...activation, retire).when({ ...retire, today: '2026-12-01' } as KpiCommand)).toEqual(decided());
    expect(after(...activation, retire).when({ ...retire, reason: 'Another reason.' } as KpiCommand)).toEqual(
      refused('conflict', 'KPI.RETIRED'),
    );
    expect(after(...activation).when({ ...retire, reason: '' } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.RETIREMENT_INVALID', 'reason'),
    );
  });

  it('refuses everything afterwards', () => {
    const propose = { ...setTarget, type: 'ProposeTargetChange', changeId: 'c1', reason: why, today: TODAY };
    const commands = [defineCleanAir, redefine({ weight: 1 }), setBaseline, setTarget, activate, propose as KpiCommand];
    for (const command of commands) {
      expect(after(...activation, retire).when(command)).toEqual(refused('conflict', 'KPI.RETIRED'));
    }
  });

  it('lets open proposals lapse', () => {
    const propose: KpiCommand = {
      type: 'ProposeTargetChange',
      actor: anna,
      kpiId,
      changeId: 'c1',
      target: { value: 40, date: '2028-12-31' },
      effectiveFrom: TODAY,
      reason: why,
      today: TODAY,
    };
    const { state } = after(...activation, propose, retire);
    expect(state.openChanges).toEqual([]);
    expect(state.closedChanges).toMatchObject([{ changeId: 'c1', outcome: 'lapsed' }]);
    const approve: KpiCommand = { type: 'ApproveTargetChange', actor: bo, kpiId, changeId: 'c1', today: TODAY };
    expect(after(...activation, propose, retire).when(approve)).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.DECIDED'),
    );
  });
});
