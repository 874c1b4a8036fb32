const SERIES_PER_GATEWAY = 50;
const STEPS_PER_BATCH = 20;
const INTERVAL_ms = 900_000;
const START_ms = Date.UTC(2024, 0, 1);
/** Observations of one request: those of a gateway's fifty series at twenty times. */
export const OBSERVATIONS_PER_BATCH = SERIES_PER_GATEWAY * STEPS_PER_BATCH;

/** Keys of so many series, by gateways of fifty: `growth/gateway-00001/sensor-01`. */
export function gatewaySeries(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const gateway = String(Math.floor(index / SERIES_PER_GATEWAY) + 1).padStart(5, '0');
    return `growth/gateway-${gateway}/sensor-${String((index % SERIES_PER_GATEWAY) + 1).padStart(2, '0')}`;
  });
}

/**
 * The JSON bodies `from` (inclusive) to `to` (exclusive) of an endless load over the series: gateway after gateway, then
 * the next twenty quarter-hours. No observation occurs in two bodies.
 * @param series keys by gateways, a multiple of fifty
 */
export function observationBodies(series: readonly string[], from: number, to: number): string[] {
  const gateways = series.length / SERIES_PER_GATEWAY;
  if (!Number.isInteger(gateways) || gateways === 0) throw new RangeError('the series are no whole gateways');
  return Array.from({ length: to - from }, (_, index) => {
    const batch = from + index;
    const first = (batch % gateways) * SERIES_PER_GATEWAY;
    const items: string[] = [];
    for (let step = 0; step < STEPS_PER_BATCH; step += 1) {
      const quarter = Math.floor(batch / gateways) * STEPS_PER_BATCH + step;
      const observedAt = new Date(START_ms + quarter * INTERVAL_ms).toISOString();
      for (let sensor = 0; sensor < SERIES_PER_GATEWAY; sensor += 1) {
        const value = (20_000 + ((quarter * 7_919 + sensor * 104_729) % 30_011)) / 1_000;
        items.push(`{"series":"${series[first + sensor]}","observedAt":"${observedAt}","value":${value}}`);
      }
    }
    return `[${items.join(',')}]`;
  });
}
