import type { Fact } from './fact.ts';
import type { Explanation } from './lens.ts';
import { goldenText, inPlace } from './names/place-text.ts';

/** The explanation of a difference that the facts' own sentences tell well enough. */
export function plainExplain(expected: Fact, actual: Fact): Explanation {
  return {
    text: `${actual.text}${inPlace(actual.at)}${goldenText(expected.text, expected.at, actual.at)}`,
    change: `${expected.key} ${expected.value} -> ${actual.key} ${actual.value}`,
    at: actual.at,
    goldenAt: expected.at,
  };
}
