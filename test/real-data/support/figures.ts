/** Reference figures are rounded to six decimals, so an exact figure may differ by half a unit of the last place. */
const REFERENCE_ROUNDING = 0.5e-6;
/** How far an exact figure may be off, relative to its size (absolute below 1): the order of additions may differ. */
const EXACT_TOLERANCE = 1e-9;

type Figure = number | null | undefined;

/** Whether a figure is the exact one, computed independently from the rows of the file. */
export const isExactly = (actual: Figure, expected: number): boolean =>
  typeof actual === 'number' && Math.abs(actual - expected) <= EXACT_TOLERANCE * Math.max(1, Math.abs(expected));

/** Whether a figure rounds to the published one. */
export const isRounded = (actual: Figure, published: number): boolean =>
  typeof actual === 'number' &&
  Math.abs(actual - published) <= REFERENCE_ROUNDING + EXACT_TOLERANCE * Math.max(1, Math.abs(published));

/** Both checks of one figure, as a sentence that names what is off. */
export function checked(label: string, actual: Figure, exact: number, published: number): string {
  if (!isExactly(actual, exact)) return `${label} is ${actual}, the file says ${exact}`;
  if (!isRounded(actual, published)) return `${label} is ${actual}, the reference says ${published}`;
  return 'as it should be';
}
