import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actionDecider } from './action/action.js';
import { describeDecider, eventsOf, play, storiesOf } from './contract/decider-contract.js';
import {
  actionCommand,
  goalCommand,
  kpiCommand,
  organisationCommand,
  personCommand,
  reviewCommand,
  seriesCommand,
  sourceCommand,
  unitCommand,
} from './contract/random-commands.js';
import { DomainError } from './errors.js';
import { goalDecider } from './goal/goal.js';
import { kpiDecider } from './kpi/kpi.js';
import { changedMethodFields } from './kpi/method-change.js';
import { enduringSmartFindings, smartFindings } from './kpi/smart.js';
import { UNIT_KPIS_MAX } from './limits.js';
import { organisationDecider } from './organisation/organisation.js';
import { personDecider } from './person/person.js';
import { reviewDecider } from './review/review.js';
import { seriesDecider } from './series/series.js';
import { sourceDecider } from './source/source.js';
import { activation } from './testing/examples.js';
import { unitDecider } from './unit/unit.js';

const kpiStories = storiesOf(kpiCommand, activation);
const unitStories = storiesOf(unitCommand);
const reviewStories = storiesOf(reviewCommand);
const actionStories = storiesOf(actionCommand);

describeDecider({
  name: 'organisation',
  decider: organisationDecider,
  stories: storiesOf(organisationCommand),
  eventTypes: 1,
});
describeDecider({ name: 'person', decider: personDecider, stories: storiesOf(personCommand), eventTypes: 5 });
describeDecider({ name: 'source', decider: sourceDecider, stories: storiesOf(sourceCommand), eventTypes: 4 });
describeDecider({ name: 'series', decider: seriesDecider, stories: storiesOf(seriesCommand), eventTypes: 3 });
describeDecider({ name: 'unit', decider: unitDecider, stories: unitStories, eventTypes: 5 });
describeDecider({ name: 'goal', decider: goalDecider, stories: storiesOf(goalCommand), eventTypes: 3 });
describeDecider({ name: 'kpi', decider: kpiDecider, stories: kpiStories, eventTypes: 12 });
describeDecider({ name: 'review', decider: reviewDecider, stories: reviewStories, eventTypes: 3 });
describeDecider({ name: 'action', decider: actionDecider, stories: actionStories, eventTypes: 5 });

describe('laws of units', () => {
  it('seat at most five KPIs, each once', () => {
    fc.assert(
      fc.property(unitStories, (commands) => {
        for (const { after } of play(unitDecider, commands)) {
          const kpiIds = after.seats.map((seat) => seat.kpiId);
          expect(kpiIds.length).toBeLessThanOrEqual(UNIT_KPIS_MAX);
          expect(new Set(kpiIds).size).toBe(kpiIds.length);
        }
      }),
    );
  });
});

describe('laws of KPIs', () => {
  it('have every change approved by another person than proposed it, and decided once', () => {
    fc.assert(
      fc.property(kpiStories, (commands) => {
        const decisions: string[] = [];
        for (const { type, data } of eventsOf(play(kpiDecider, commands))) {
          if (type === 'TargetChangeApproved' || type === 'MethodChangeApproved') {
            expect(data.approvedBy).not.toBe(data.proposedBy);
          }
          if (/^(Target|Method)Change(Approved|Rejected)$/.test(type)) {
            decisions.push(`${type.slice(0, 6)} ${(data as { changeId: string }).changeId}`);
          }
        }
        expect(new Set(decisions).size).toBe(decisions.length);
      }),
    );
  });

  it('keep their method while they are active, unless a second person approves, and stay SMART', () => {
    fc.assert(
      fc.property(kpiStories, (commands) => {
        for (const { before, after, outcome } of play(kpiDecider, commands)) {
          if (before.status !== 'active' || outcome instanceof DomainError) continue;
          const approved = outcome.some(({ type }) => type === 'MethodChangeApproved');
          expect(changedMethodFields(before.definition!, after.definition!).length > 0).toBe(approved);
          if (after.status === 'active') expect(enduringSmartFindings(after)).toEqual([]);
        }
      }),
    );
  });

  it('are SMART on the day of their activation', () => {
    fc.assert(
      fc.property(kpiStories, (commands) => {
        for (const { before, outcome } of play(kpiDecider, commands)) {
          if (outcome instanceof DomainError) continue;
          for (const { type, data } of outcome) {
            if (type === 'KpiActivated') expect(smartFindings(before, data.activatedOn)).toEqual([]);
          }
        }
      }),
    );
  });

  it('keep the targets that were in force: an active KPI never loses one', () => {
    fc.assert(
      fc.property(kpiStories, (commands) => {
        for (const { before, after } of play(kpiDecider, commands)) {
          if (before.status === 'active') expect(after.targets.slice(0, before.targets.length)).toEqual(before.targets);
        }
      }),
    );
  });
});

describe('laws of reviews and actions', () => {
  it('record nothing in a closed review', () => {
    fc.assert(
      fc.property(reviewStories, (commands) => {
        const types = eventsOf(play(reviewDecider, commands)).map(({ type }) => type);
        const closed = types.indexOf('ReviewClosed');
        if (closed >= 0) expect(closed).toBe(types.length - 1);
      }),
    );
  });

  it('report progress before the end, and check effects after completion, once a period', () => {
    fc.assert(
      fc.property(actionStories, (commands) => {
        for (const { before, after, outcome } of play(actionDecider, commands)) {
          expect(after.progress_percent >= 0 && after.progress_percent <= 100).toBe(true);
          if (outcome instanceof DomainError || outcome.length === 0) continue;
          const ended = before.status === 'completed' || before.status === 'cancelled';
          const types = outcome.map(({ type }) => type);
          expect(types.includes('ActionEffectChecked')).toBe(before.status === 'completed');
          if (ended) expect(types).not.toContain('ActionProgressReported');
          expect(new Set(after.checks.map((check) => check.period)).size).toBe(after.checks.length);
        }
      }),
    );
  });
});
