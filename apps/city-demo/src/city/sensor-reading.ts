import { type SeededRandom } from './random.js';
import { DAY_MS, HOUR_MS, type Signal } from './city-model.js';

/** The city keeps Beijing time, which knows no daylight saving. */
export const CITY_TIME_ZONE = 'Asia/Shanghai';
const CITY_OFFSET_MS = 8 * HOUR_MS;
const YEAR_MS = 365.25 * DAY_MS;
/** How much of the wander of one reading is left in the next: weather lasts for hours. */
const WANDER_KEPT = 0.97;
/** Where in the year (0 to 1) the yearly wave peaks: mid January or mid July. */
const PEAK_OF_YEAR = { coldest: 0.04, warmest: 0.54 } as const;

/**
 * A cosine of one turn made of two parabolas. Its greatest error of 0.056 does not matter here, and unlike `Math.cos` it
 * has the same last bit on every machine.
 */
export function wave(turns: number): number {
  const part = turns - Math.floor(turns);
  const folded = 4 * (part < 0.5 ? part : 1 - part) - 1;
  return -folded * (2 - Math.abs(folded));
}

/** How a signal develops over time; call it once for every reading, in order of time. */
export interface SignalState {
  readonly random: SeededRandom;
  wander: number;
}

/**
 * The true value at a time: base × trend × season × hour × weekend × weather × noise, kept within the signal's bounds and
 * not rounded.
 *
 * @param start_ms when the trend starts
 */
export function trueValue(signal: Signal, state: SignalState, at_ms: number, start_ms: number): number {
  const { random } = state;
  state.wander = WANDER_KEPT * state.wander + Math.sqrt(1 - WANDER_KEPT * WANDER_KEPT) * random.normal();
  const local_ms = at_ms + CITY_OFFSET_MS;
  const day = Math.floor(local_ms / DAY_MS);
  const hour = Math.floor((local_ms - day * DAY_MS) / HOUR_MS);
  // 1970-01-01 was a Thursday.
  const weekday = (day + 4) % 7;
  const trend = 1 + (signal.trendPerYear * (at_ms - start_ms)) / YEAR_MS;
  const season = signal.season
    ? 1 + signal.season.share * wave(local_ms / YEAR_MS - PEAK_OF_YEAR[signal.season.peak])
    : 1;
  const regular = signal.base * trend * season * (signal.day[hour] ?? 1) * (weekday % 6 === 0 ? signal.weekend : 1);
  const value = regular * (1 + signal.wander * state.wander) * (1 + signal.noise * random.normal());
  return Math.min(signal.max, Math.max(signal.min, value));
}

/**
 * Rounds as the sensor does. Counts are rounded up or down by chance, in proportion, so that small counts keep their mean:
 * 1.2 waits an hour must not become 1 every hour.
 */
export function rounded(value: number, decimals: number, random: SeededRandom): number {
  if (decimals === 0) return Math.floor(value + random.next());
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
