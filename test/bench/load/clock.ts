const NANOSECONDS_PER_MICROSECOND = 1_000n;
const MICROSECONDS_PER_MILLISECOND = 1_000;

/**
 * Milliseconds of the machine's monotonic clock: the same one in every process, which `performance.now()` (since the start
 * of a process) is not, and without the steps of the wall clock.
 */
export function machineTime_ms(): number {
  return Number(process.hrtime.bigint() / NANOSECONDS_PER_MICROSECOND) / MICROSECONDS_PER_MILLISECOND;
}
