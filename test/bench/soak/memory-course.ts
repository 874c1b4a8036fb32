import { spreadOf } from '../report.js';

/** Resident memory at a time since the begin of the load. */
export interface MemorySample {
  readonly at_ms: number;
  readonly memory_MiB: number;
}

/** What a process held over a long load. */
export interface MemoryCourse {
  readonly firstThird_MiB: number;
  readonly lastThird_MiB: number;
  /** Least squares over all samples but the warm-up. */
  readonly slope_MiB_per_min: number;
  readonly isFlat: boolean;
}

/** The heaps, the page caches of the databases and the compiled code fill up first: left out of what must be flat. */
const WARM_UP_SHARE = 0.1;
const WARM_UP_MAX_MS = 60_000;
/** The median of the last third may be so much above that of the first: garbage is collected in waves of about this. */
const FLAT_GROWTH_MAX = 0.05;
const MINUTE_MS = 60_000;

/**
 * Medians of the first and the last third and the slope, without the warm-up (a tenth, at most a minute).
 * @throws RangeError with fewer than three samples after the warm-up
 */
export function memoryCourse(samples: readonly MemorySample[]): MemoryCourse {
  const end_ms = samples.at(-1)?.at_ms ?? 0;
  const warmUp_ms = Math.min(WARM_UP_MAX_MS, end_ms * WARM_UP_SHARE);
  const measured = samples.filter(({ at_ms }) => at_ms >= warmUp_ms);
  const third = Math.floor(measured.length / 3);
  if (third === 0) throw new RangeError('too few samples of the memory');
  const medianOf = (part: readonly MemorySample[]): number => spreadOf(part.map((one) => one.memory_MiB)).median;
  const firstThird_MiB = medianOf(measured.slice(0, third));
  const lastThird_MiB = medianOf(measured.slice(-third));
  return {
    firstThird_MiB,
    lastThird_MiB,
    slope_MiB_per_min: slopeOf(measured) * MINUTE_MS,
    isFlat: lastThird_MiB <= firstThird_MiB * (1 + FLAT_GROWTH_MAX),
  };
}

/** Least-squares slope in MiB a millisecond. */
function slopeOf(samples: readonly MemorySample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const meanAt = mean(samples.map(({ at_ms }) => at_ms));
  const meanMemory = mean(samples.map(({ memory_MiB }) => memory_MiB));
  let [both, square] = [0, 0];
  for (const { at_ms, memory_MiB } of samples) {
    both += (at_ms - meanAt) * (memory_MiB - meanMemory);
    square += (at_ms - meanAt) ** 2;
  }
  return square === 0 ? 0 : both / square;
}
