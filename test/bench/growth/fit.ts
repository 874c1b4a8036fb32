/** A cost at a size of the world it was measured in. */
export interface GrowthPoint {
  readonly size: number;
  readonly cost: number;
}

export type GrowthClass = 'constant' | 'logarithmic' | 'below linear' | 'linear' | 'worse than linear';

/**
 * Exponents up to which a growth is called so. A logarithm looks like a power of about 1 / ln(size) over the sizes here; a
 * linear cost with noise stays under 1.15, and n log n too.
 */
const CLASS_LIMITS: readonly (readonly [GrowthClass, number])[] = [
  ['constant', 0.1],
  ['logarithmic', 0.25],
  ['below linear', 0.85],
  ['linear', 1.15],
];

/** Fewest points that a line is laid through. */
const FIT_POINTS_MIN = 3;

/**
 * The exponent e of cost ~ size^e: the slope of the least-squares line through the logarithms, over the upper half of the
 * sizes (at least three), because fixed costs hide the growth at small ones.
 * @throws RangeError for fewer than two points, or a size or cost that has no logarithm
 */
export function fitExponent(points: readonly GrowthPoint[]): number {
  const sorted = [...points].sort((left, right) => left.size - right.size);
  const upper = sorted.slice(-Math.max(FIT_POINTS_MIN, Math.ceil(sorted.length / 2)));
  if (upper.length < 2) throw new RangeError('a growth needs two points');
  if (upper.some(({ size, cost }) => !(size > 0) || !(cost > 0))) throw new RangeError('a logarithm of nothing');
  const x = upper.map(({ size }) => Math.log(size));
  const y = upper.map(({ cost }) => Math.log(cost));
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  const covariance = x.reduce((sum, value, index) => sum + (value - meanX) * ((y[index] ?? 0) - meanY), 0);
  const variance = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  return covariance / variance;
}

/** What an exponent is called. */
export function classOf(exponent: number): GrowthClass {
  return CLASS_LIMITS.find(([, limit]) => exponent <= limit)?.[0] ?? 'worse than linear';
}
