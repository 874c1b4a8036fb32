import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kpiDecider, type KpiEvent } from '#lib/domain';
import { everyEvent } from '../testing/every-event.js';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { viewsOf } from '../testing/written-views.js';
import { modelOf, recordOf } from './record-model.js';
import { stateAt } from './state-at.js';

const size = fc.integer({ min: 1, max: 9 });

/** A KPI of which `count` target changes were proposed and decided. */
function manyChanges(count: number): WrittenLog {
  const log = new WrittenLog().organisation().unit('air').kpi(kpiDefinition('pm25-mean'));
  for (let number = 1; number <= count; number += 1) {
    const change = { kpiId: 'pm25-mean', changeId: `c${number}`, effectiveFrom: '2026-11-01', reason: 'r' };
    const target = { value: number, date: '2026-12-31' };
    const proposed = { ...change, proposedBy: 'ada', target };
    log.say('kpi-pm25-mean', 'TargetChangeProposed', proposed);
    log.say('kpi-pm25-mean', 'TargetChangeApproved', { ...proposed, approvedBy: 'grace' });
  }
  return log;
}

function textOfRecords(log: WrittenLog): number {
  const views = viewsOf(log.events);
  const row = views.database.get<{ size: number }>(
    'SELECT sum(length(data) + coalesce(length(state), 0)) AS size FROM record',
  )!;
  views.close();
  return row.size;
}

describe('the records', () => {
  it('give at every position the state that the events up to it fold to, however they were batched', () => {
    const { events } = everyEvent();
    fc.assert(
      fc.property(size, (batch) => {
        const views = viewsOf(events, batch);
        const folded = new Map<string, unknown>();
        for (const event of events) {
          const record = recordOf(event);
          if (record === undefined) continue;
          const { decider } = modelOf(event.type)!;
          const before = folded.get(event.stream) ?? decider.initialState;
          folded.set(event.stream, decider.evolve(before, { type: event.type, data: event.data }));
          expect(stateAt(views.database, record.kind, record.id, event.position)).toEqual(folded.get(event.stream));
        }
        views.close();
      }),
      { numRuns: 9 },
    );
  });

  it('keep the text of an event as the log has it', () => {
    const { events } = new WrittenLog().unit('air');
    const text = ' {"unitId" : "air", "name": {"en": "air"}}';
    const views = viewsOf([{ ...events[0]!, text }]);
    expect(views.database.all('SELECT data, state FROM record')).toEqual([{ data: text, state: null }]);
    views.close();
  });

  it('give the same after hundreds of changes, at any position', () => {
    const { events } = manyChanges(150);
    const views = viewsOf(events, 40);
    let state = kpiDecider.initialState;
    for (const { type, data, position } of events.slice(2)) {
      state = kpiDecider.evolve(state, { type, data } as KpiEvent);
      expect(stateAt(views.database, 'kpi', 'pm25-mean', position)).toEqual(state);
    }
    expect(stateAt(views.database, 'kpi', 'pm25-mean', 2)).toBeUndefined();
    views.close();
  });

  it('take room in proportion to the changes, not to their square', () => {
    expect(textOfRecords(manyChanges(200)) / textOfRecords(manyChanges(50))).toBeLessThan(6);
  });
});
