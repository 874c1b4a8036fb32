import { describe, expect, it } from '@jest/globals';
import { type LocalizedText } from '../common.js';
import { anna } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type UnitCommand, unitDecider, unitStream, unitWarnings } from './unit.js';

const { given, after } = scenario(unitDecider);
const unitId = 'environment';
const register: UnitCommand = { type: 'RegisterUnit', actor: anna, unitId, name: { en: 'Environment' } };
const take = (kpiId: string, weight = 20, horizon: 'short' | 'long' = 'long'): UnitCommand => ({
  type: 'TakeKpiSeat',
  actor: anna,
  unitId,
  kpiId,
  weight,
  horizon,
});
const free = (kpiId: string): UnitCommand => ({ type: 'FreeKpiSeat', actor: anna, unitId, kpiId });
const retire: UnitCommand = { type: 'RetireUnit', actor: anna, unitId };
const full = [register, take('k1'), take('k2'), take('k3'), take('k4'), take('k5')];

describe('unit: registration', () => {
  it('registers a unit in its own stream', () => {
    expect(given().when(register)).toEqual(
      decided({ type: 'UnitRegistered', data: { unitId, name: { en: 'Environment' } } }),
    );
    expect(unitStream(unitId)).toBe('unit-environment');
  });

  it('takes the same registration twice as one', () => {
    expect(after(register).when({ ...register })).toEqual(decided());
  });

  it('refuses the same id with another name', () => {
    expect(after(register).when({ ...register, name: { en: 'Traffic' } })).toEqual(
      refused('conflict', 'UNIT.ALREADY_REGISTERED'),
    );
  });

  it.each<[string, Partial<Record<string, unknown>>, string]>([
    ['no identifier', { unitId: 'Environment!' }, 'unitId'],
    ['a name in no language', { name: {} }, 'name'],
    ['a blank name', { name: { en: '  ' } }, 'name.en'],
    ['a name too long', { name: { 'zh-CN': '气'.repeat(201) } }, 'name.zh-CN'],
    ['a name in a language the face does not have', { name: { en: 'Air', de: 'Luft' } }, 'name.de'],
    ['a name with a control character', { name: { en: 'Air\u0000' } }, 'name.en'],
    ['half a surrogate pair', { name: { en: 'Air\ud800' } }, 'name.en'],
    ['itself as parent', { parentUnitId: unitId }, 'parentUnitId'],
  ])('refuses %s', (_what, change, where) => {
    expect(given().when({ ...register, ...change } as UnitCommand)).toEqual(refused('invalid', 'UNIT.INVALID', where));
  });

  it('reports all problems at once', () => {
    const name: LocalizedText = {};
    expect(given().when({ ...register, unitId: '', name } as UnitCommand)).toEqual(
      refused('invalid', 'UNIT.INVALID', 'unitId', 'name'),
    );
  });

  it('renames, and does nothing when the name is the same', () => {
    const rename: UnitCommand = { type: 'RenameUnit', actor: anna, unitId, name: { en: 'Air and water' } };
    expect(after(register).when(rename)).toEqual(
      decided({ type: 'UnitRenamed', data: { unitId, name: { en: 'Air and water' } } }),
    );
    expect(after(register, rename).when(rename)).toEqual(decided());
    expect(given().when(rename)).toEqual(refused('not-found', 'UNIT.UNKNOWN'));
  });
});

describe('unit: seats of KPIs', () => {
  it('gives a seat', () => {
    const seat = { kpiId: 'k1', weight: 20, horizon: 'long' as const };
    expect(after(register).when(take('k1'))).toEqual(decided({ type: 'KpiSeatTaken', data: { unitId, ...seat } }));
    expect(after(register, take('k1')).state.seats).toEqual([seat]);
  });

  it('gives the same KPI one seat, however often it asks', () => {
    expect(after(register, take('k1')).when(take('k1'))).toEqual(decided());
  });

  it('changes weight and horizon of a seat in its place', () => {
    const seats = after(register, take('k1'), take('k2'), take('k1', 60, 'short')).state.seats;
    expect(seats).toEqual([
      { kpiId: 'k1', weight: 60, horizon: 'short' },
      { kpiId: 'k2', weight: 20, horizon: 'long' },
    ]);
  });

  it('refuses a sixth KPI, but not another weight of the fifth', () => {
    expect(after(...full).when(take('k6'))).toEqual(refused('conflict', 'UNIT.SIX_KPIS'));
    expect(after(...full).when(take('k5', 10))).toMatchObject({ events: [{ type: 'KpiSeatTaken' }] });
  });

  it('has room again after a seat was freed', () => {
    expect(after(...full, free('k2')).when(take('k6'))).toMatchObject({ events: [{ type: 'KpiSeatTaken' }] });
    expect(after(...full, free('k2')).when(free('k2'))).toEqual(decided());
    expect(given().when(free('k2'))).toEqual(refused('not-found', 'UNIT.UNKNOWN'));
  });

  it.each([0, -1, 100.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the weight %p', (weight) => {
    expect(after(register).when(take('k1', weight))).toEqual(refused('invalid', 'UNIT.SEAT_INVALID', 'weight'));
  });

  it('refuses a seat in a unit that is not there', () => {
    expect(given().when(take('k1'))).toEqual(refused('not-found', 'UNIT.UNKNOWN'));
  });
});

describe('unit: addressee', () => {
  it('refuses a command that was sent to another unit, or names none', () => {
    expect(after(register).when({ ...take('k1'), unitId: 'health' } as UnitCommand)).toEqual(
      refused('invalid', 'UNIT.OTHER_ADDRESSEE'),
    );
    expect(given().when({ ...take('k1'), unitId: undefined } as unknown as UnitCommand)).toEqual(
      refused('invalid', 'UNIT.NO_ADDRESSEE'),
    );
  });
});

describe('unit: warnings', () => {
  it('has one warning while it has no KPI', () => {
    expect(unitWarnings(after(register).state)).toEqual(['FEWER_THAN_THREE_KPIS']);
  });

  it('names what is unbalanced', () => {
    expect(unitWarnings(after(register, take('k1', 20, 'long')).state)).toEqual([
      'FEWER_THAN_THREE_KPIS',
      'WEIGHTS_DO_NOT_ADD_UP',
      'NO_SHORT_HORIZON',
    ]);
    expect(unitWarnings(after(register, take('k1', 100, 'short')).state)).toContain('NO_LONG_HORIZON');
  });

  it('is content with three KPIs of both horizons whose weights add up but for binary rounding', () => {
    const weights = [take('k1', 33.3, 'short'), take('k2', 33.3), take('k3', 33.4)];
    expect(unitWarnings(after(register, ...weights).state)).toEqual([]);
    expect(unitWarnings(after(register, take('k1', 33.3, 'short'), take('k2', 33.3), take('k3', 33.3)).state)).toEqual([
      'WEIGHTS_DO_NOT_ADD_UP',
    ]);
  });

  it('has nothing to say about a unit that is not there or retired', () => {
    expect(unitWarnings(given().state)).toEqual([]);
    expect(unitWarnings(after(register, retire).state)).toEqual([]);
  });
});

describe('unit: retirement', () => {
  it('retires a unit without KPIs, once', () => {
    expect(after(register).when(retire)).toEqual(decided({ type: 'UnitRetired', data: { unitId } }));
    expect(after(register, retire).when(retire)).toEqual(decided());
    expect(given().when(retire)).toEqual(refused('not-found', 'UNIT.UNKNOWN'));
  });

  it('keeps a unit that still has KPIs', () => {
    expect(after(register, take('k1')).when(retire)).toEqual(refused('conflict', 'UNIT.HAS_ACTIVE_KPIS'));
  });

  it('changes nothing in a retired unit', () => {
    expect(after(register, retire).when(take('k1'))).toEqual(refused('conflict', 'UNIT.RETIRED'));
    expect(after(register, retire).when(register)).toEqual(refused('conflict', 'UNIT.RETIRED'));
  });
});
