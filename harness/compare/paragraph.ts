import { chainText, LENS_NAMES, returnsText } from '../lenses/index.ts';
import type { Difference } from './difference.ts';

/** One cause in words: what differs, where on both sides, and what follows from it. */
export function paragraphOf(leader: Difference, followers: readonly Difference[]): string {
  const chain = chainText(leader.kind === 'missing' ? undefined : leader.at, leader.goldenAt);
  const returns = returnsText(leader.kind === 'missing' ? leader.goldenAt : leader.at);
  const known = [returns, chain].filter((each) => each !== undefined);
  const parts = [leader.text, ...followerTexts(leader, followers), ...known];
  return `${leader.lens}: ${parts.join('; ')}`;
}

function followerTexts(leader: Difference, followers: readonly Difference[]): readonly string[] {
  const state = followers.filter((each) => each.shiftAxis !== undefined).sort((a, b) => a.order - b.order);
  const shifted = followers.filter((each) => shiftOf(each) !== undefined);
  const alike = followers.filter((each) => shiftOf(each) === undefined && isAlike(leader, each));
  const told = new Set([...shifted, ...alike, ...state.slice(0, 1)]);
  const others = followers.filter((each) => !told.has(each));
  const texts: string[] = [];
  if (shifted.length > 0) texts.push(shiftText(shiftOf(leader), shifted));
  const overlaps = shifted.filter(isNewOverlap).length;
  if (overlaps > 0)
    texts.push(`${count(overlaps, 'of these results overlaps', 'of these results overlap')} live blocks`);
  if (state.length > 0) texts.push(`it shows in ${state[0].text}`);
  if (alike.length > 0)
    texts.push(`the same change comes ${alike.length === 1 ? 'once' : `${alike.length} times`} more`);
  if (others.length > 0) texts.push(otherText(others));
  return texts;
}

/** By how many bytes a result moved; undefined when anything else differs, too. */
function shiftOf(difference: Difference): number | undefined {
  if (difference.kind !== 'changed' || difference.expected.kin !== difference.actual.kin) return undefined;
  const { shift: expected } = difference.expected;
  const { shift: actual } = difference.actual;
  if (expected === undefined || actual === undefined || expected.axis !== actual.axis) return undefined;
  return actual.position - expected.position;
}

function shiftText(first: number | undefined, shifted: readonly Difference[]): string {
  const shifts = shifted.map((each) => shiftOf(each) ?? 0);
  const results = count(shifts.length, 'later result is', 'later results are');
  if (first !== undefined && shifts.every((each) => each === first)) {
    return `${results} shifted by the same ${bytes(Math.abs(first))}`;
  }
  const steps = shifts.map((each, i) => each - (i === 0 ? (first ?? 0) : shifts[i - 1]));
  const last = shifts[shifts.length - 1];
  if (steps.every((each) => each === steps[0]) && steps[0] !== 0) {
    return `${results} shifted, each by ${bytes(Math.abs(steps[0]))} more than the one before (the last by ${bytes(Math.abs(last))})`;
  }
  const sizes = shifts.map(Math.abs);
  const low = sizes.reduce((least, each) => Math.min(least, each));
  const high = sizes.reduce((most, each) => Math.max(most, each));
  return `${results} shifted by ${low === high ? bytes(low) : `${low} to ${bytes(high)}`}`;
}

function isNewOverlap(difference: Difference): boolean {
  return difference.kind === 'changed' && difference.expected.shift?.rest !== difference.actual.shift?.rest;
}

function isAlike(leader: Difference, follower: Difference): boolean {
  return leader.lens === follower.lens && leader.kind === follower.kind && leader.change === follower.change;
}

function otherText(others: readonly Difference[]): string {
  const parts = LENS_NAMES.flatMap((lens) => {
    const inLens = others.filter((each) => each.lens === lens).length;
    return inLens === 0 ? [] : [`${inLens} in ${lens}`];
  });
  return `${count(others.length, 'more difference follows', 'more differences follow')} from it (${parts.join(', ')})`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function bytes(number: number): string {
  return count(number, 'byte', 'bytes');
}
