import type { TypeNode } from '../../../symbols/index.ts';
import type { CellHistory, CellsDetail, Place } from '../../fact.ts';
import type { Explanation } from '../../lens.ts';
import { callRecordsIn } from '../../members/call-records.ts';
import { type CellDifference, cellDifference, icountOf } from '../../members/cell-difference.ts';
import { differsByKernelPages } from '../../members/kernel-pages.ts';
import { CellMembers, differingMembers } from '../../members/member-differences.ts';
import { isMoved } from '../../members/member-leaves.ts';
import { goldenText, inPlace, placeText } from '../../names/place-text.ts';

const NO_OFFSET = Number.POSITIVE_INFINITY;
const NOWHERE: Place = { icount: 0, callers: [] };

/** Where an object's contents first differ, in the order of the run; undefined when they don't. */
export function explainObject(golden: CellsDetail, current: CellsDetail): Explanation | undefined {
  const [goldenType, currentType] = [golden.type(), current.type()];
  const isOfTypes = goldenType !== undefined && currentType !== undefined;
  const areMoved = isOfTypes && isMoved(goldenType, currentType);
  const differences = () =>
    areMoved
      ? differingMembers(golden, current, goldenType, currentType)
      : cellDifferences(golden, current, isOfTypes ? currentType : undefined);
  const isCallRecord = callRecordsIn(differences(), current, golden, currentType ?? goldenType);
  const story = new ObjectStory();
  for (const difference of differences()) if (!isCallRecord(difference)) story.add(difference);
  const { first, count, isTail, axis } = story;
  if (first === undefined || differsByKernelPages(golden, current)) return undefined;
  const goldenAt = first.expected?.at();
  const at = first.actual?.at() ?? goldenAt ?? NOWHERE;
  const what = areMoved ? 'member' : 'cell';
  const others =
    count === 1 ? '' : ` (${count === 2 ? `1 more ${what} of it differs` : `${count - 1} more ${what}s of it differ`})`;
  return {
    text: `${current.object}${current.member(first.offset, first.path)}: ${storyOf(first)}${others}`,
    change: `${first.actual?.normal} for ${first.expected?.normal} by ${at.function ?? placeText(at)}`,
    at: first.lateIcount === undefined ? at : { ...at, icount: first.lateIcount },
    ...(goldenAt === undefined ? {} : { goldenAt }),
    isTail,
    ...(axis === undefined ? {} : { shiftAxis: axis }),
  };
}

/** What differs where members lie alike in both runs, at most one difference for each cell. */
function* cellDifferences(
  golden: CellsDetail,
  current: CellsDetail,
  type: TypeNode | undefined,
): Generator<CellDifference> {
  const members = type === undefined ? undefined : new CellMembers(golden, current, type);
  for (const [expected, actual] of differingCells(golden, current)) {
    if (isGrowth(expected, actual, golden) || isGrowth(actual, expected, current)) continue;
    // What a stack of one run has used up, the other one may have left as it was.
    const offset = expected?.offset ?? actual?.offset ?? 0;
    if (golden.isOnStack(offset) || current.isOnStack(offset)) continue;
    const whole = cellDifference(expected, actual, current.image.end - golden.image.end);
    const difference = whole === undefined ? undefined : (members?.within(whole) ?? whole);
    if (difference !== undefined && difference !== 'none') yield difference;
  }
}

/** Is this a cell behind the end of the other side's object, which only holds what it was loaded with? A longer table. */
function isGrowth(cell: CellHistory | undefined, other: CellHistory | undefined, { sizeBytes }: CellsDetail): boolean {
  if (cell !== undefined || other === undefined || other.offset < sizeBytes) return false;
  return other.values.length === 1 && other.values[0].isLoaded;
}

/** Histories of all cells that only one side has, or whose digests differ, by offset. */
function* differingCells(
  golden: CellsDetail,
  current: CellsDetail,
): Generator<readonly [CellHistory | undefined, CellHistory | undefined]> {
  const [expected, actual] = [golden.cells(), current.cells()];
  let [e, a] = [0, 0];
  while (e < expected.offsets.length || a < actual.offsets.length) {
    const offset = Math.min(expected.offsets[e] ?? NO_OFFSET, actual.offsets[a] ?? NO_OFFSET);
    const [hasGolden, hasActual] = [expected.offsets[e] === offset, actual.offsets[a] === offset];
    const isSame = hasGolden && hasActual && expected.low[e] === actual.low[a] && expected.high[e] === actual.high[a];
    if (!isSame) yield [hasGolden ? golden.history(e) : undefined, hasActual ? current.history(a) : undefined];
    if (hasGolden) e++;
    if (hasActual) a++;
  }
}

/** What the differences of an object come to; there may be a million. */
class ObjectStory {
  first: CellDifference | undefined; // in the order of the run
  count = 0;
  isTail = true; // the actual run merely ends earlier
  private common: string | undefined; // the region that all values point into
  private isCommon = true;

  // Allocators keep addresses for themselves ("where the next block begins"), which move as their results do.
  get axis(): string | undefined {
    return this.isCommon ? this.common : undefined;
  }

  add(difference: CellDifference): void {
    if (this.first === undefined || icountOf(difference) < icountOf(this.first)) this.first = difference;
    this.count++;
    this.isTail &&= difference.actual === undefined && difference.lateIcount === undefined;
    for (const value of [difference.expected, difference.actual]) {
      if (value === undefined || !this.isCommon) continue;
      const { axis } = value;
      this.common ??= axis;
      this.isCommon = axis !== undefined && axis === this.common;
    }
  }
}

function storyOf({ index, expected, actual, lateIcount }: CellDifference): string {
  if (lateIcount !== undefined)
    return `its history differs after value ${index}, stored${inPlace((actual ?? expected)?.at() ?? NOWHERE)}`;
  const nth = `value ${index + 1}`;
  if (actual === undefined && expected !== undefined) {
    const place = expected.at();
    return index === 0
      ? `never changes, golden becomes ${expected.text}${inPlace(place)}`
      : `keeps ${nth.replace(/\d+/, String(index))}, golden becomes ${expected.text}${inPlace(place)}`;
  }
  if (actual === undefined) return 'differs';
  const place = actual.at();
  const story = `${nth} is ${actual.text}, stored${inPlace(place)}`;
  if (expected === undefined) return `${story}, golden ${index === 0 ? 'never changes it' : 'keeps the value before'}`;
  const isAlike = expected.text === actual.text; // numbers and names that only differ in what they stand for
  return `${story}${goldenText(isAlike ? `${expected.text} (${expected.normal})` : expected.text, expected.at(), place)}`;
}
