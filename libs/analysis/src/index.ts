export {
  CalendarError,
  DAY_ms,
  dayNumber,
  dayNumberOfParts,
  localDateOfDay,
  localDateOfParts,
  type DateParts,
} from './calendar/local-date.js';
export { INSTANT_MAX_ms, INSTANT_MIN_ms, isTimeZone } from './calendar/zone-offsets.js';
export * from './calendar/local-day-index.js';
export * from './calendar/local-time.js';
export * from './calendar/period.js';
export * from './calendar/wall-time.js';
export * from './statistics/day-rollup.js';
export * from './statistics/statistics.js';
export * from './measure/measure-value.js';
export * from './measure/methods.js';
export * from './measure/formula.js';
export * from './progress/attainment.js';
export * from './progress/trajectory.js';
export * from './progress/status.js';
