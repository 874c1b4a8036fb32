import { describe, expect, it } from '@jest/globals';
import { anna } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type GoalDefinition } from './goal.events.js';
import { type GoalCommand, goalDecider } from './goal.js';

const { given, after } = scenario(goalDecider);
const goal: GoalDefinition = { goalId: 'breathe', unitId: 'environment', name: { en: 'Air that can be breathed' } };
const set: GoalCommand = { type: 'SetGoal', actor: anna, ...goal };
const reason = 'The council decided so in May.';
const revise: GoalCommand = { ...set, type: 'ReviseGoal', dueDate: '2030-12-31', reason };
const close: GoalCommand = { type: 'CloseGoal', actor: anna, goalId: 'breathe', outcome: 'reached', reason };

describe('goal', () => {
  it('is set once', () => {
    expect(given().when(set)).toEqual(decided({ type: 'GoalSet', data: goal }));
    expect(after(set).when(set)).toEqual(decided());
    expect(after(set).when({ ...set, unitId: 'transport' })).toEqual(refused('conflict', 'GOAL.ALREADY_SET'));
  });

  it('is revised with a reason, which is not part of the goal', () => {
    expect(after(set, revise).state).toEqual({ status: 'open', definition: { ...goal, dueDate: '2030-12-31' } });
    expect(after(set, revise).when({ ...revise, reason: 'Sent a second time.' })).toEqual(decided());
    expect(after(set).when({ ...revise, reason: ' ok ' })).toEqual(refused('invalid', 'GOAL.INVALID', 'reason'));
    expect(given().when(revise)).toEqual(refused('not-found', 'GOAL.UNKNOWN'));
  });

  it('is closed once, with one outcome', () => {
    expect(after(set, close).when(close)).toEqual(decided());
    expect(after(set, close).when({ ...close, outcome: 'missed' })).toEqual(refused('conflict', 'GOAL.CLOSED'));
    expect(after(set, close).when(revise)).toEqual(refused('conflict', 'GOAL.CLOSED'));
    expect(after(set).when({ ...close, outcome: 'won' } as unknown as GoalCommand)).toEqual(
      refused('invalid', 'GOAL.CLOSING_INVALID', 'outcome'),
    );
  });

  it('refuses days that do not exist and a goal that is its own parent', () => {
    expect(given().when({ ...set, dueDate: '2027-02-29', parentGoalId: 'breathe' })).toEqual(
      refused('invalid', 'GOAL.INVALID', 'parentGoalId', 'dueDate'),
    );
  });
});
