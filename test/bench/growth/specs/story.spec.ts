import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '#lib/domain';
import { DIMENSIONS } from '../dimensions.js';
import { gatewaySeries, observationBodies, OBSERVATIONS_PER_BATCH } from '../observation-bodies.js';
import { eventsPerUnit, organisationLife } from '../organisation-life.js';

describe('the life of an organisation', () => {
  const told = [...organisationLife(8)].flat();
  const typesTold = new Set(told.map(({ type }) => type));

  it('has everything that is decided about KPIs, reviews and actions, but what ends a life', () => {
    const ends = ['KpiRetired', 'ActionCancelled', 'MethodChangeRejected'];
    const wanted = [...EVENT_TYPES.kpi, ...EVENT_TYPES.review, ...EVENT_TYPES.action];
    expect(wanted.filter((type) => !typesTold.has(type))).toEqual(expect.arrayContaining(ends));
    expect(wanted.filter((type) => !typesTold.has(type) && !ends.includes(type))).toEqual([]);
  });

  it('is the same each time, and about a hundred events a unit', () => {
    expect([...organisationLife(8)].flat()).toEqual(told);
    expect(eventsPerUnit()).toBeGreaterThan(90);
    expect(eventsPerUnit()).toBeLessThan(120);
  });

  it('lets units live side by side', () => {
    const firsts = told.filter(({ type }) => type === 'ReviewOpened').map(({ stream }) => stream);
    expect(firsts.slice(0, 3)).toEqual(['review-unit-0-review-0', 'review-unit-1-review-0', 'review-unit-2-review-0']);
  });
});

describe('the dimensions', () => {
  it.each(DIMENSIONS.map((dimension) => [dimension.name, dimension] as const))(
    '%s doubles at least five sizes, over a factor of 16 or more',
    (_name, { sizes }) => {
      const { full, quick } = sizes;
      expect(full.length).toBeGreaterThanOrEqual(5);
      expect((full.at(-1) ?? 0) / (full[0] ?? 1)).toBeGreaterThanOrEqual(16);
      expect(full.slice(1).every((size, index) => size === 2 * (full[index] ?? 0))).toBe(true);
      expect(quick.length).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(DIMENSIONS.map((dimension) => [dimension.name, dimension] as const))(
    '%s tells a story that the deciders accept',
    (_name, { sizes, events, batches }) => {
      const size = sizes.quick[0] ?? 1;
      const told = [...events(size)].flat();
      expect(told[0]?.type).toBe('OrganisationEstablished');
      expect(told.some(({ type }) => type === 'KpiActivated')).toBe(true);
      expect(Number.isInteger(batches(size, true))).toBe(true);
    },
  );
});

describe('the observations', () => {
  it('are a thousand a body, none twice, whatever pieces they are asked for in', () => {
    const series = gatewaySeries(100);
    const bodies = observationBodies(series, 0, 6);
    const keys = bodies.flatMap((body) =>
      (JSON.parse(body) as { series: string; observedAt: string }[]).map((one) => `${one.series} ${one.observedAt}`),
    );
    expect(keys).toHaveLength(6 * OBSERVATIONS_PER_BATCH);
    expect(new Set(keys).size).toBe(keys.length);
    expect([...observationBodies(series, 0, 2), ...observationBodies(series, 2, 6)]).toEqual(bodies);
  });

  it('come from whole gateways', () => {
    expect(() => observationBodies(gatewaySeries(70), 0, 1)).toThrow(RangeError);
  });
});
