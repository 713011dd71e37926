import type { CellHistory, CellValue, Fact } from './fact.ts';
import type { Explanation } from './lens.ts';
import { goldenText, inPlace, placeText } from './place-text.ts';

/** The first value in which a cell's two histories differ; a side is undefined when it ends before. */
interface CellDifference {
  readonly offset: number;
  readonly index: number;
  readonly expected: CellValue | undefined;
  readonly actual: CellValue | undefined;
  readonly isLate: boolean; // beyond the values that were kept
}

const NOWHERE = { icount: 0, callers: [] };

/** Where an object's contents first differ, in the order of the run; undefined when the facts hold no cells. */
export function explainObject(expected: Fact, actual: Fact): Explanation | undefined {
  if (expected.detail?.kind !== 'cells' || actual.detail?.kind !== 'cells') return undefined;
  const golden = expected.detail;
  const current = actual.detail;
  const differences: CellDifference[] = [];
  const [goldenCells, cells] = [golden.cells(), current.cells()];
  for (const offset of new Set([...goldenCells.keys(), ...cells.keys()])) {
    const difference = cellDifference(offset, goldenCells.get(offset), cells.get(offset));
    if (difference !== undefined) differences.push(difference);
  }
  differences.sort((a, b) => icountOf(a) - icountOf(b) || a.offset - b.offset);
  const [first] = differences;
  if (first === undefined) return undefined;
  const goldenAt = first.expected?.at();
  const at = first.actual?.at() ?? goldenAt ?? actual.at;
  const others =
    differences.length === 1
      ? ''
      : ` (${differences.length === 2 ? '1 more cell of it differs' : `${differences.length - 1} more cells of it differ`})`;
  return {
    text: `${current.object}${current.member(first.offset)}: ${storyOf(first)}${others}`,
    change: `${first.actual?.normal} for ${first.expected?.normal} by ${at.function ?? placeText(at)}`,
    at,
    ...(goldenAt === undefined ? {} : { goldenAt }),
    isTail: differences.every((each) => each.actual === undefined && !each.isLate),
    ...shiftOf(differences),
  };
}

// Allocators keep addresses for themselves ("where the next block begins"), which move as their results do.
function shiftOf(differences: readonly CellDifference[]): { readonly shiftAxis?: string } {
  const axis = differences[0].actual?.axis ?? differences[0].expected?.axis;
  const isInside = (value: CellValue | undefined) => value === undefined || value.axis === axis;
  const isShift = ({ expected, actual }: CellDifference) => isInside(expected) && isInside(actual);
  return axis !== undefined && differences.every(isShift) ? { shiftAxis: axis } : {};
}

function storyOf({ index, expected, actual, isLate }: CellDifference): string {
  if (isLate)
    return `its history differs after value ${index}, stored${inPlace((actual ?? expected)?.at() ?? NOWHERE)}`;
  const nth = `value ${index + 1}`;
  if (actual === undefined && expected !== undefined) {
    const place = expected.at();
    return index === 0
      ? `is never stored to, golden becomes ${expected.text}${inPlace(place)}`
      : `keeps ${nth.replace(/\d+/, String(index))}, golden becomes ${expected.text}${inPlace(place)}`;
  }
  if (actual === undefined) return 'differs';
  const place = actual.at();
  const story = `${nth} is ${actual.text}, stored${inPlace(place)}`;
  if (expected === undefined)
    return `${story}, golden ${index === 0 ? 'never stores to it' : 'keeps the value before'}`;
  return `${story}${goldenText(expected.text, expected.at(), place)}`;
}

function icountOf(difference: CellDifference): number {
  return difference.actual?.icount ?? difference.expected?.icount ?? Number.POSITIVE_INFINITY;
}

function cellDifference(
  offset: number,
  expected: CellHistory | undefined,
  actual: CellHistory | undefined,
): CellDifference | undefined {
  const golden = expected?.values ?? [];
  const current = actual?.values ?? [];
  const length = Math.max(golden.length, current.length);
  for (let index = 0; index < length; index++) {
    const [g, a] = [golden[index], current[index]];
    if (g?.normal !== a?.normal) return { offset, index, expected: g, actual: a, isLate: false };
  }
  if (expected?.digest === actual?.digest) return undefined;
  return { offset, index: length, expected: golden.at(-1), actual: current.at(-1), isLate: true };
}
