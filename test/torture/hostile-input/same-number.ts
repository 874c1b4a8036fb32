/**
 * Whether a stored double is what a decimal text said, judged by exact arithmetic on whole numbers of any size: the double
 * is the nearest one, and either it prints as a number of the same value, or a printing with as many digits as the sender
 * wrote gives his digits back. A second opinion beside the door's own rule, which compares printings.
 */
export function isSameNumber(text: string, stored: number): boolean {
  const nearest = Number(text);
  if (!Number.isFinite(stored) || stored !== nearest) return false;
  // Zero has no sign in the log, by decision.
  if (Object.is(stored, -0)) return false;
  const said = decimalOf(text);
  if (said.digits === 0n) return stored === 0;
  if (stored === 0) return false;
  const printed = decimalOf(String(stored));
  if (said.negative === printed.negative && equalDecimals(said, printed)) return true;
  return isWithinHalfADigit(said, stored);
}

interface Decimal {
  readonly negative: boolean;
  /** The value is digits × 10^exponent; digits has no trailing zero. */
  readonly digits: bigint;
  readonly exponent: number;
}

function decimalOf(text: string): Decimal {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`no decimal number: ${text}`);
  const written = `${match[2]}${match[3]}`.replace(/^0+/, '');
  const trimmed = written.replace(/0+$/, '');
  const exponent = Number(match[4] ?? 0) - match[3]!.length + (written.length - trimmed.length);
  return { negative: match[1] === '-', digits: BigInt(trimmed === '' ? '0' : trimmed), exponent };
}

const equalDecimals = (a: Decimal, b: Decimal): boolean => a.digits === b.digits && a.exponent === b.exponent;

/** |said − stored| ≤ half of the last digit that was said, without rounding anywhere. */
function isWithinHalfADigit(said: Decimal, stored: number): boolean {
  const { mantissa, exponent } = binaryOf(Math.abs(stored));
  const shift10 = Math.max(0, -said.exponent);
  const shift2 = Math.max(0, -exponent);
  const scale = 10n ** BigInt(shift10) * 2n ** BigInt(shift2);
  const saidScaled = scaled(said.digits, said.exponent, scale);
  const storedScaled = exponent >= 0 ? mantissa * 2n ** BigInt(exponent) * scale : (mantissa * scale) >> BigInt(shift2);
  const lastDigit = scaled(1n, said.exponent, scale);
  const difference = saidScaled > storedScaled ? saidScaled - storedScaled : storedScaled - saidScaled;
  return difference * 2n <= lastDigit;
}

function scaled(digits: bigint, exponent: number, scale: bigint): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) * scale : (digits * scale) / 10n ** BigInt(-exponent);
}

const bits = new DataView(new ArrayBuffer(8));

/** A positive double as mantissa × 2^exponent, exactly. */
function binaryOf(value: number): { mantissa: bigint; exponent: number } {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n) & 0x7ff;
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}
