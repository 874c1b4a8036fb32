import { DAY_MS, HOUR_MS, type Sensor } from './city-model.js';
import { type SeededRandom, seededRandom, seedFor } from './random.js';
import { rounded, type SignalState, trueValue } from './sensor-reading.js';

/** After a gap in the radio the new readings come first, and what was kept meanwhile follows so much later. */
const CATCHING_UP_MS = 2 * HOUR_MS;
/** A correction arrives so long after the readings that it corrects. */
const CORRECTION_DELAY_MS = 3 * DAY_MS;
const MONTH_MS = 30 * DAY_MS;
/** SDMX code list CL_OBS_STATUS: a value that may still be corrected. */
const PROVISIONAL = 'P';

/** One observation on its way: when it was observed, and when it reaches the door. */
export interface Reading {
  readonly seriesKey: string;
  readonly at_ms: number;
  readonly arrives_ms: number;
  readonly value: number;
  readonly flag?: string;
  /** Replaces a reading of the same time that was sent before. */
  readonly corrects?: true;
}

/** A sensor with its ailments. Ask it once for every time at which it is due, in order. */
export interface FaultySensor {
  readonly sensor: Sensor;
  /** What it really saw last, before any fault: other sensors may count a part of it. */
  seen: number;
  /** Readings made at `at_ms`: none when silent, two when a correction will follow. */
  readingsAt(at_ms: number, whole?: number): Reading[];
}

/** @param start_ms when the city's history starts */
export function faultySensor(sensor: Sensor, seed: number, start_ms: number): FaultySensor {
  const { signal, faults, interval_ms, seriesKey } = sensor;
  // Faults draw from a stream of their own: making a sensor healthier does not change what it sees.
  const signalState: SignalState = { random: seededRandom(seedFor(seed, seriesKey)), wander: 0 };
  const chance = seededRandom(seedFor(seed, `faults of ${seriesKey}`));
  const sticking = spell(chance, faults.sticking, interval_ms);
  const silence = spell(chance, faults.silence, interval_ms);
  const lateness = spell(chance, faults.lateness, interval_ms);
  const correction = spell(chance, faults.correction, interval_ms);
  let stuckAt: number | null = null;

  const shown = (at_ms: number, seen: number): number => {
    stuckAt = sticking(at_ms) > at_ms ? (stuckAt ?? seen) : null;
    if (stuckAt !== null) return stuckAt;
    if (faults.impossible && chance.next() < (faults.impossible.perDay * interval_ms) / DAY_MS) {
      return faults.impossible.value;
    }
    if (!faults.drift) return seen;
    const sinceCalibration_ms = (at_ms - start_ms) % (faults.drift.calibration_days * DAY_MS);
    const drifted = seen + signal.base * faults.drift.perMonth * (sinceCalibration_ms / MONTH_MS);
    return rounded(drifted, signal.decimals, chance);
  };

  return {
    sensor,
    seen: 0,
    readingsAt(at_ms, whole = 1) {
      const value = trueValue(signal, signalState, at_ms, start_ms) * whole;
      this.seen = rounded(value, signal.decimals, signalState.random);
      const visible = shown(at_ms, this.seen);
      const silentUntil_ms = silence(at_ms);
      const lateUntil_ms = lateness(at_ms);
      const arrives_ms = lateUntil_ms > at_ms ? lateUntil_ms + CATCHING_UP_MS : at_ms;
      const correctedUntil_ms = correction(at_ms);
      if (silentUntil_ms > at_ms) return [];
      if (correctedUntil_ms <= at_ms) return [{ seriesKey, at_ms, arrives_ms, value: visible }];
      const mended = rounded(visible * (0.9 + 0.2 * chance.next()), signal.decimals, chance);
      const bounded = Math.min(signal.max, Math.max(signal.min, mended));
      return [
        { seriesKey, at_ms, arrives_ms, value: visible, flag: PROVISIONAL },
        { seriesKey, at_ms, arrives_ms: correctedUntil_ms + CORRECTION_DELAY_MS, value: bounded, corrects: true },
      ];
    },
  };
}

/**
 * A fault that comes in spells: the answer is the end of the spell that holds at a time, in milliseconds, or 0 outside of
 * spells. Must be asked in order of time, once for every reading.
 */
function spell(
  chance: SeededRandom,
  fault: { readonly perDay: number; readonly hours: number } | undefined,
  interval_ms: number,
): (at_ms: number) => number {
  if (!fault) return () => 0;
  const chancePerReading = (fault.perDay * interval_ms) / DAY_MS;
  let until_ms = 0;
  return (at_ms) => {
    if (until_ms > at_ms) return until_ms;
    until_ms = chance.next() < chancePerReading ? at_ms + chance.between(1, fault.hours) * HOUR_MS : 0;
    return until_ms;
  };
}
