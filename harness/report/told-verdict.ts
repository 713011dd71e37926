import type { Cause, Difference, MaskReport, Verdict } from '../compare/index.ts';

/** A difference in words; `key` is what a mask of facts is held against. */
export type ToldDifference = Pick<Difference, 'kind' | 'lens' | 'text' | 'at' | 'goldenAt'> & { readonly key?: string };

/** A cause in words; of its differences, of which there are `followers` + 1, perhaps only the first ones. */
export type ToldCause = Omit<Cause, 'differences'> & { readonly differences: readonly ToldDifference[] };

/** A verdict as plain data of bounded size, for reports; every Verdict reads as one. */
export type ToldVerdict = {
  readonly masked: readonly MaskReport[];
  readonly known: readonly string[];
  readonly moreKnown?: number;
} & (
  | { readonly kind: 'same'; readonly isByDigest: boolean }
  | { readonly kind: 'differs'; readonly causes: readonly ToldCause[]; readonly moreCauses?: number }
);

// Two runs may differ in millions of facts; nobody reads that many, and no report could hold them.
const MOST_CAUSES = 500;
const MOST_DIFFERENCES = 1000; // of all causes together, besides each one's first
const MOST_KNOWN = 200;
const LONGEST_PARAGRAPH = 4000;
const LONGEST_TEXT = 1000;

/** What reports tell of a verdict: all of a small one, the beginning of a large one. */
export function tellVerdict(verdict: Verdict): ToldVerdict {
  const known = verdict.known.slice(0, MOST_KNOWN).map((each) => shortened(each, LONGEST_TEXT));
  const both = { masked: verdict.masked, known, ...countOf('moreKnown', verdict.known.length - known.length) };
  if (verdict.kind === 'same') return { kind: 'same', isByDigest: verdict.isByDigest, ...both };
  let room = MOST_DIFFERENCES;
  const causes = verdict.causes.slice(0, MOST_CAUSES).map((cause) => {
    const told = tellCause(cause, room);
    room -= Math.max(0, told.differences.length - 1);
    return told;
  });
  return { kind: 'differs', causes, ...both, ...countOf('moreCauses', verdict.causes.length - causes.length) };
}

function countOf<Name extends string>(name: Name, count: number): { readonly [Key in Name]?: number } {
  const counted: { [Key in Name]?: number } = {};
  if (count > 0) counted[name] = count;
  return counted;
}

function tellCause({ id, lens, paragraph, followers, at, differences }: Cause, room: number): ToldCause {
  const told = differences.slice(0, 1 + room).map(tellDifference);
  return { id, lens, paragraph: shortened(paragraph, LONGEST_PARAGRAPH), followers, at, differences: told };
}

function tellDifference(difference: Difference): ToldDifference {
  const { kind, lens, text, at, goldenAt } = difference;
  const { key } = difference.kind === 'missing' ? difference.expected : difference.actual;
  const told = { kind, lens, key: shortened(key, LONGEST_TEXT), text: shortened(text, LONGEST_TEXT), at };
  return goldenAt === undefined ? told : { ...told, goldenAt };
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} ... (${text.length - length} characters more)`;
}
