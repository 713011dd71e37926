import { hex } from '../../../emulator/index.ts';
import type { Fact, FactDetail, FrameName, FrameNames, MappedRange } from '../fact.ts';
import type { Explanation } from '../lens.ts';
import { inPlace, isSamePlace, placeText } from '../names/place-text.ts';

/** A physical address as it is compared: identity stays identity, and where an image is linked it is, whatever lies there. */
export function comparable(linear: number, physical: number, { normal, linked }: FrameName): string {
  if (linear === physical) return 'identity';
  return linear === linked ? 'as linked' : normal;
}

type MapDetail = Extract<FactDetail, { kind: 'map' }>;

// A map that goes up to the end of the kernel, or to what lies behind it, ends elsewhere in another build.
function isSameByEdges(golden: MapDetail, current: MapDetail): boolean {
  const [runs, others] = [runsOf(golden.ranges, golden.names), runsOf(current.ranges, current.names)];
  const isSameEdge = (linear: number, other: number) =>
    linear === other || golden.edgeOf(linear) === current.edgeOf(other);
  return (
    runs.length === others.length &&
    runs.every(({ linear, end, target, flags }, i) => {
      const other = others[i];
      const isAlike = target === other.target && flags === other.flags;
      return isAlike && isSameEdge(linear, other.linear) && isSameEdge(end, other.end);
    })
  );
}

/** All ranges of an address space as one value; runs that only differ in who stored them are joined. */
export function mapValue(ranges: readonly MappedRange[], names: FrameNames): string {
  return runsOf(ranges, names)
    .map(({ linear, end, target, flags }) => `${rangeText(linear, end)} ${target} ${flags}`)
    .join('\n');
}

/** Pages that follow each other and are mapped alike, whoever stored their entries. */
interface MappedRun {
  readonly linear: number;
  end: number;
  readonly target: string; // the first page's
  readonly flags: string;
}

function runsOf(ranges: readonly MappedRange[], names: FrameNames): readonly MappedRun[] {
  const runs: MappedRun[] = [];
  let last: MappedRange | undefined;
  for (const range of ranges) {
    const run = runs.at(-1);
    const end = range.linear + range.sizeBytes;
    const continues =
      last?.flags === range.flags && run?.end === range.linear && last.physical + last.sizeBytes === range.physical;
    if (continues && run !== undefined) run.end = end;
    else
      runs.push({
        linear: range.linear,
        end,
        target: comparable(range.linear, range.physical, names(range.physical)),
        flags: range.flags,
      });
    last = range;
  }
  return runs;
}

function rangeText(linear: number, end: number): string {
  return `${hex(linear)}-${hex(end - 1)}`;
}

/** A stretch of linear addresses over which both sides map evenly; a side is undefined where nothing is mapped. */
interface Segment {
  readonly linear: number;
  sizeBytes: number;
  readonly expected: MappedRange | undefined;
  readonly actual: MappedRange | undefined;
}

/** Where two maps of an address space differ, page by page; undefined when they come to the same. */
export function explainMap(
  expected: Fact,
  actual: Fact,
  golden: MapDetail,
  current: MapDetail,
): Explanation | undefined {
  const segments = differingSegments(golden.ranges, current.ranges, golden.names, current.names);
  const [first] = segments;
  if (first === undefined || isSameByEdges(golden, current)) return undefined;
  // What wrongly maps is told of by its writer; what is lacking, by whoever mapped it in the golden run.
  const isOfDirectory = differsInDirectory(first);
  const placeOf = (range: MappedRange | undefined) => (isOfDirectory ? range?.directoryAt() : range?.at());
  const at = placeOf(first.actual) ?? actual.at;
  const goldenAt = placeOf(first.expected) ?? expected.at;
  const wrong = mappingText(first.linear, first.actual, current.names);
  const right = mappingText(first.linear, first.expected, golden.names);
  const stored = first.actual === undefined ? '' : `, stored${inPlace(at)}`;
  const goldenStored = first.expected === undefined || isSamePlace(at, goldenAt) ? '' : `, stored${inPlace(goldenAt)}`;
  const seen = first.actual === undefined ? ` when ${placeText(actual.at)} begins to use it` : '';
  const end = first.linear + first.sizeBytes - 1;
  const others =
    segments.length === 1
      ? ''
      : ` (${segments.length === 2 ? '1 more range differs' : `${segments.length - 1} more ranges differ`})`;
  return {
    text: `${current.space} linear ${hex(first.linear)}-${hex(end)} ${wrong}${seen}${stored}, golden ${right}${goldenStored}${others}`,
    change: segments.map((each) => `${hex(each.linear)}+${each.sizeBytes} ${each.actual?.flags ?? 'none'}`).join('; '),
    at: { ...at, icount: actual.at.icount },
    goldenAt,
  };
}

// "read/write, user (directory entry: read/write, supervisor)": the page's own rights come first.
function differsInDirectory({ expected, actual }: Segment): boolean {
  const [golden, current] = [expected, actual].map((range) => range?.flags.split(' (')[0]);
  return golden === current && expected?.flags !== actual?.flags;
}

function mappingText(linear: number, range: MappedRange | undefined, names: FrameNames): string {
  if (range === undefined) return 'is not mapped';
  const physical = range.physical + (linear - range.linear);
  const name = names(physical).text;
  const described = /^(?:0x|\d)/.test(name) ? '' : ` (${name})`;
  return `maps physical ${hex(physical)}${described} ${range.flags}`;
}

function differingSegments(
  expected: readonly MappedRange[],
  actual: readonly MappedRange[],
  goldenNames: FrameNames,
  names: FrameNames,
): readonly Segment[] {
  const segments: Segment[] = [];
  for (const segment of segmentsOf(expected, actual)) {
    if (isSameMapping(segment, goldenNames, names)) continue;
    const last = segments.at(-1);
    const continues =
      last !== undefined &&
      last.linear + last.sizeBytes === segment.linear &&
      continuesRange(last.expected, segment.expected) &&
      continuesRange(last.actual, segment.actual);
    if (continues) last.sizeBytes += segment.sizeBytes;
    else segments.push(segment);
  }
  return segments;
}

function continuesRange(before: MappedRange | undefined, after: MappedRange | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return before.flags === after.flags && before.physical - before.linear === after.physical - after.linear;
}

function isSameMapping(segment: Segment, goldenNames: FrameNames, names: FrameNames): boolean {
  const { linear, expected, actual } = segment;
  if (expected === undefined || actual === undefined) return expected === actual;
  const golden = expected.physical + (linear - expected.linear);
  const current = actual.physical + (linear - actual.linear);
  if (expected.flags !== actual.flags) return false;
  return comparable(linear, golden, goldenNames(golden)) === comparable(linear, current, names(current));
}

function* segmentsOf(expected: readonly MappedRange[], actual: readonly MappedRange[]): Generator<Segment> {
  const bounds = new Set<number>();
  for (const range of [...expected, ...actual]) bounds.add(range.linear).add(range.linear + range.sizeBytes);
  const sorted = [...bounds].sort((a, b) => a - b);
  let e = 0;
  let a = 0;
  for (let i = 0; i + 1 < sorted.length; i++) {
    const linear = sorted[i];
    while (e < expected.length && expected[e].linear + expected[e].sizeBytes <= linear) e++;
    while (a < actual.length && actual[a].linear + actual[a].sizeBytes <= linear) a++;
    const golden = e < expected.length && expected[e].linear <= linear ? expected[e] : undefined;
    const current = a < actual.length && actual[a].linear <= linear ? actual[a] : undefined;
    if (golden === undefined && current === undefined) continue;
    yield { linear, sizeBytes: sorted[i + 1] - linear, expected: golden, actual: current };
  }
}
