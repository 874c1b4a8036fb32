import { type DayRollup, localDateOfDay, statisticOfRollup, totalOf } from '#lib/analysis';
import { type DayRollupAnswer } from '../answers.js';

/** A rollup as it is answered. */
export function rollupAnswer(day: number, rollup: DayRollup): DayRollupAnswer {
  return {
    day: localDateOfDay(day),
    count: rollup.count,
    sum: totalOf(rollup),
    mean: statisticOfRollup(rollup, 'mean'),
    min: statisticOfRollup(rollup, 'min'),
    max: statisticOfRollup(rollup, 'max'),
    last: statisticOfRollup(rollup, 'last'),
  };
}
