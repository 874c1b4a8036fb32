// Multipliers by hour of the day, midnight first. Each has a mean close to 1, so that a signal's base is its daily mean.

/** Streets: two rush hours, a quiet night. */
export const RUSH_HOURS = [
  0.4, 0.3, 0.25, 0.25, 0.35, 0.7, 1.2, 1.75, 1.8, 1.4, 1.15, 1.1, 1.15, 1.1, 1.1, 1.2, 1.45, 1.8, 1.7, 1.3, 0.95, 0.75,
  0.6, 0.5,
] as const;

/** Emergency rooms: full from late morning to midnight. */
export const EMERGENCY_ROOM = [
  0.65, 0.5, 0.42, 0.38, 0.38, 0.42, 0.55, 0.8, 1.1, 1.35, 1.45, 1.45, 1.4, 1.35, 1.35, 1.35, 1.35, 1.4, 1.4, 1.35,
  1.25, 1.1, 0.95, 0.8,
] as const;

/** Sound levels follow traffic on a logarithmic scale, so they vary far less. */
export const SOUND = [
  0.86, 0.84, 0.83, 0.83, 0.85, 0.92, 1.0, 1.06, 1.08, 1.07, 1.06, 1.06, 1.06, 1.06, 1.06, 1.07, 1.08, 1.09, 1.08, 1.05,
  1.01, 0.97, 0.93, 0.89,
] as const;

/** Service quality: a little worse in the rush hours. */
export const SERVICE = [
  1.02, 1.02, 1.02, 1.02, 1.02, 1.01, 1.0, 0.96, 0.95, 0.98, 1.0, 1.01, 1.01, 1.01, 1.0, 0.99, 0.97, 0.95, 0.96, 0.99,
  1.0, 1.01, 1.02, 1.02,
] as const;

export const FLAT: readonly number[] = Array.from({ length: 24 }, () => 1);
