import { DAY_MS } from '../city/city-model.js';

/** The day in a time zone, `YYYY-MM-DD`. */
export const localDate = (at_ms: number, timeZone: string): string =>
  // Swedish writes dates the ISO way.
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at_ms);

/** The day so many days after a day. */
export const dateAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Label of the month before the one of a day: `2026-10`. */
export function lastMonth(day: string): string {
  return dateAfter(`${day.slice(0, 7)}-01`, -1).slice(0, 7);
}

/** Label of the quarter before the one of a day: `2026-Q3`. */
export function lastQuarter(day: string): string {
  const firstMonth = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
  const before = dateAfter(`${day.slice(0, 4)}-${String(firstMonth).padStart(2, '0')}-01`, -1);
  return `${before.slice(0, 4)}-Q${Number(before.slice(5, 7)) / 3}`;
}

/** The month of a date, `YYYY-MM`. */
export const monthOf = (date: string): string => date.slice(0, 7);
