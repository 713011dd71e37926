import type { CellHistory, CellValue } from '../fact.ts';
import { countsKernelPages } from './kernel-pages.ts';

/** The first value in which two histories of a cell or a member differ; a side is undefined when it ends before. */
export interface CellDifference {
  readonly offset: number;
  readonly path?: string; // of the member, where not the whole cell differs
  readonly index: number;
  readonly expected: CellValue | undefined;
  readonly actual: CellValue | undefined;
  readonly lateIcount?: number; // of a difference beyond the values that were kept: it shows by then
}

const ON_STACK = 'on the stack ';

/** When it first shows. */
export function icountOf(difference: CellDifference): number {
  const { lateIcount, actual, expected } = difference;
  return lateIcount ?? actual?.icount ?? expected?.icount ?? Number.POSITIVE_INFINITY;
}

/** Undefined when the histories say the same. `morePages`: that the kernel takes in the actual build. */
export function cellDifference(
  expected: CellHistory | undefined,
  actual: CellHistory | undefined,
  morePages: number,
): CellDifference | undefined {
  if (expected !== undefined && actual !== undefined && countsKernelPages(expected, actual, morePages))
    return undefined;
  const offset = expected?.offset ?? actual?.offset ?? 0;
  const golden = expected?.values ?? [];
  const current = actual?.values ?? [];
  const length = Math.max(golden.length, current.length);
  let index = 0;
  for (; index < length; index++) {
    const [g, a] = [golden[index], current[index]];
    const isUnknown = (g === undefined && expected?.isCut === true) || (a === undefined && actual?.isCut === true);
    if (isUnknown) break;
    if (!isSameValue(g, a)) return { offset, index, expected: g, actual: a };
  }
  if (expected?.isCut !== true && actual?.isCut !== true) return undefined;
  if (expected?.digest === actual?.digest || expected?.rawDigest === actual?.rawDigest) return undefined;
  const lateIcount = Math.min(expected?.lastIcount ?? Infinity, actual?.lastIcount ?? Infinity);
  return { offset, index, expected: golden.at(-1), actual: current.at(-1), lateIcount };
}

/**
 * A number that is the same in both runs says the same, whatever lies there: text and counters look like pointers at
 * times. Only the start of two different things at one address is no such chance.
 */
function isSameValue(golden: CellValue | undefined, current: CellValue | undefined): boolean {
  if (golden === undefined || current === undefined) return golden === current;
  if (golden.normal === current.normal || isSameStack(golden.normal, current.normal)) return true;
  if (isSameMember(golden, current) || isSameLiteral(golden, current) || haveCommonName(golden, current)) return true;
  return golden.raw === current.raw && !(isStart(golden.normal) && isStart(current.normal));
}

// A label without a size may end where a literal begins.
function isSameLiteral(golden: CellValue, current: CellValue): boolean {
  const isNamedByIt = golden.normal.startsWith('"') || current.normal.startsWith('"');
  return isNamedByIt && golden.literal !== undefined && golden.literal === current.literal;
}

// Where a linker script sets a label, any variable may begin.
function haveCommonName({ aliases: golden = [] }: CellValue, { aliases: current = [] }: CellValue): boolean {
  return golden.some((name) => current.includes(name));
}

// A pointer to a member that lies elsewhere in the other build's struct.
function isSameMember(golden: CellValue, current: CellValue): boolean {
  if (!golden.normal.startsWith('&') || !current.normal.startsWith('&')) return false;
  return golden.member !== undefined && golden.member === current.member;
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
