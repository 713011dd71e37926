import { hex } from '../../../emulator/index.ts';
import type { CellHistory, CellValue, FactDetail, Place } from '../fact.ts';
import type { Explanation } from '../lens.ts';
import { goldenText, inPlace, placeText } from '../names/place-text.ts';

/** The first value in which a cell's two histories differ; a side is undefined when it ends before. */
interface CellDifference {
  readonly offset: number;
  readonly index: number;
  readonly expected: CellValue | undefined;
  readonly actual: CellValue | undefined;
  readonly isLate: boolean; // beyond the values that were kept
}

const ON_STACK = 'on the stack ';
const NO_OFFSET = Number.POSITIVE_INFINITY;
const NOWHERE: Place = { icount: 0, callers: [] };

type CellsDetail = Extract<FactDetail, { kind: 'cells' }>;

/** Where an object's contents first differ, in the order of the run; undefined when they don't. */
export function explainObject(golden: CellsDetail, current: CellsDetail): Explanation | undefined {
  const story = new ObjectStory();
  for (const [expected, actual] of differingCells(golden, current)) {
    if (isGrowth(expected, actual, golden) || isGrowth(actual, expected, current)) continue;
    const difference = cellDifference(expected, actual);
    if (difference !== undefined) story.add(difference);
  }
  const { first, count, isTail, axis } = story;
  if (first === undefined) return undefined;
  const goldenAt = first.expected?.at();
  const at = first.actual?.at() ?? goldenAt ?? NOWHERE;
  const others =
    count === 1 ? '' : ` (${count === 2 ? '1 more cell of it differs' : `${count - 1} more cells of it differ`})`;
  return {
    text: `${current.object}${partStory(first, current) ?? `${current.member(first.offset)}: ${storyOf(first)}`}${others}`,
    change: `${first.actual?.normal} for ${first.expected?.normal} by ${at.function ?? placeText(at)}`,
    at,
    ...(goldenAt === undefined ? {} : { goldenAt }),
    isTail,
    ...(axis === undefined ? {} : { shiftAxis: axis }),
  };
}

/** Is this a cell behind the end of the other side's object, which only holds what it was loaded with? A longer table. */
function isGrowth(cell: CellHistory | undefined, other: CellHistory | undefined, { sizeBytes }: CellsDetail): boolean {
  if (cell !== undefined || other === undefined || other.offset < sizeBytes) return false;
  return other.values.length === 1 && other.values[0].isLoaded;
}

/** What is told of a member of one or two bytes, when the difference is in one: ".level: value 2 is 4, ...". */
function partStory({ offset, index, expected, actual }: CellDifference, detail: CellsDetail): string | undefined {
  if (expected === undefined || actual === undefined || expected.number === actual.number) return undefined;
  const lane = [0, 1, 2, 3].find((each) => ((expected.number ^ actual.number) >>> (8 * each)) & 0xff) ?? 0;
  const part = detail.part(offset + lane);
  if (part === undefined || part.offset < offset) return undefined;
  const partOf = ({ number }: CellValue) =>
    hex((number >>> (8 * (part.offset - offset))) & (2 ** (8 * part.sizeBytes) - 1), 1);
  const place = actual.at();
  const story = `value ${index + 1} is ${partOf(actual)}, stored${inPlace(place)}`;
  return `${detail.member(part.offset)}: ${story}${goldenText(partOf(expected), expected.at(), place)}`;
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
    this.isTail &&= difference.actual === undefined && !difference.isLate;
    for (const value of [difference.expected, difference.actual]) {
      if (value === undefined || !this.isCommon) continue;
      const { axis } = value;
      this.common ??= axis;
      this.isCommon = axis !== undefined && axis === this.common;
    }
  }
}

function storyOf({ index, expected, actual, isLate }: CellDifference): string {
  if (isLate)
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

function icountOf(difference: CellDifference): number {
  return difference.actual?.icount ?? difference.expected?.icount ?? Number.POSITIVE_INFINITY;
}

function cellDifference(
  expected: CellHistory | undefined,
  actual: CellHistory | undefined,
): CellDifference | undefined {
  const offset = expected?.offset ?? actual?.offset ?? 0;
  const golden = expected?.values ?? [];
  const current = actual?.values ?? [];
  const length = Math.max(golden.length, current.length);
  let index = 0;
  for (; index < length; index++) {
    const [g, a] = [golden[index], current[index]];
    const isUnknown = (g === undefined && expected?.isCut === true) || (a === undefined && actual?.isCut === true);
    if (isUnknown) break;
    if (!isSameValue(g, a)) return { offset, index, expected: g, actual: a, isLate: false };
  }
  if (expected?.digest === actual?.digest || expected?.rawDigest === actual?.rawDigest) return undefined;
  return { offset, index, expected: golden.at(-1), actual: current.at(-1), isLate: true };
}

/**
 * A number that is the same in both runs says the same, whatever lies there: text and counters look like pointers at
 * times. Only the start of two different things at one address is no such chance.
 */
function isSameValue(golden: CellValue | undefined, current: CellValue | undefined): boolean {
  if (golden === undefined || current === undefined) return golden === current;
  if (golden.normal === current.normal || isSameStack(golden.normal, current.normal)) return true;
  return golden.raw === current.raw && !(isStart(golden.normal) && isStart(current.normal));
}

// How deep a stack is says nothing, and whether a word of it had been in use already says no more.
function isSameStack(golden: string, current: string): boolean {
  const [stack, pointer] = golden.startsWith(ON_STACK) ? [golden, current] : [current, golden];
  return stack.startsWith(ON_STACK) && pointer.startsWith(`&${stack.slice(ON_STACK.length)}+`);
}

// "&heap_base", "&kalloc #3": the name of something, with no offset into it.
function isStart(normal: string): boolean {
  return normal.startsWith('&') && !normal.includes('+');
}
