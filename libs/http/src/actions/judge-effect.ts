import type { EffectCheck, KpiDefinition } from '#lib/domain';

/**
 * Whether an action worked, judged from the data: `yes` when the value is where it should be or beyond, `partly` when it
 * moved from where it was towards that, `no` when it did not, `unknown` when a value is missing. When the plan was to hold
 * the value, the KPI's direction says which side is the good one.
 */
export function judgeEffect(
  valueAtPlanning: number | null,
  expected: number,
  value: number | null,
  direction: KpiDefinition['direction'],
): EffectCheck['worked'] {
  if (value === null || valueAtPlanning === null) return 'unknown';
  const planned = expected - valueAtPlanning;
  if (planned === 0) return isHeld(value, expected, direction) ? 'yes' : 'no';
  const sign = Math.sign(planned);
  if (sign * (value - expected) >= 0) return 'yes';
  return sign * (value - valueAtPlanning) > 0 ? 'partly' : 'no';
}

function isHeld(value: number, expected: number, direction: KpiDefinition['direction']): boolean {
  if (direction === 'up') return value >= expected;
  if (direction === 'down') return value <= expected;
  return value === expected;
}
