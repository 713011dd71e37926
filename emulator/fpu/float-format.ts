/** A binary format's precision and range; exponents are unbiased. */
export interface FloatFormat {
  readonly precision: number; // bits of the significand, the integer bit included
  readonly minExponent: number; // of normal numbers
  readonly maxExponent: number;
  /** Unmasked overflow and underflow give a result with the exponent moved by this; 0: they give none. */
  readonly wrap: number;
}

export const SINGLE: FloatFormat = { precision: 24, minExponent: -126, maxExponent: 127, wrap: 0 };
export const DOUBLE: FloatFormat = { precision: 53, minExponent: -1022, maxExponent: 1023, wrap: 0 };

const EXTENDED_RANGE = { minExponent: -16382, maxExponent: 16383, wrap: 24576 };
export const EXTENDED: FloatFormat = { precision: 64, ...EXTENDED_RANGE };

/** What precision control chooses: fewer bits, but the 80-bit format's range (SDM vol. 1, 8.1.5.2). Code 1 is reserved. */
export const BY_PRECISION_CONTROL: readonly FloatFormat[] = [
  { precision: 24, ...EXTENDED_RANGE },
  EXTENDED,
  { precision: 53, ...EXTENDED_RANGE },
  EXTENDED,
];
