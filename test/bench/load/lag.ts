import type { Acknowledgement } from './load-process.js';
import type { ViewsSeen } from './watch-process.js';

/**
 * How long after its acknowledgement each append was first seen in the views, in milliseconds; 0 where they were seen
 * before the answer was. An upper bound: the watcher looks at intervals, and his answer takes its own time.
 * @param seen oldest first
 * @throws RangeError for an append that the views were never seen to have
 */
export function lagsOf(acknowledged: readonly Acknowledgement[], seen: readonly ViewsSeen[]): number[] {
  const inOrder = [...acknowledged].sort(([left], [right]) => left - right);
  let at = 0;
  return inOrder.map(([position, at_ms]) => {
    while (at < seen.length && seen[at]![0] < position) at += 1;
    const reached = seen[at];
    if (reached === undefined) throw new RangeError(`the views were never seen to have position ${position}`);
    return Math.max(0, reached[1] - at_ms);
  });
}

/** The value that a share (0 to 1) of the values do not exceed, by nearest rank. @throws RangeError for none */
export function quantileOf(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}
