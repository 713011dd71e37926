import type { LinearRange } from '../../../traces/index.ts';
import { DWARF_ESP, type Symbols, unwindCallers } from '../../symbols/index.ts';
import type { ProbeCall } from '../allocations/probe-calls.ts';
import { SharedLists } from '../allocations/shared-lists.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import type { TraceSource } from '../trace-source.ts';
import { keepsFramePointer } from './frame-pointer.ts';
import { LinearMemory } from './linear-memory.ts';
import { type ScannedCode, scanCallers } from './scan-callers.ts';

const PAGE_BYTES = 4096;
const STACK_BYTES = 0x10_0000; // no stack of a kernel is deeper
const BEFORE_BYTES = 16; // of a CALL before the first return address
const REMEMBERED_AT_MOST = 65_536;

/** The code that is unwound. */
export interface UnwoundImage {
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
}

/**
 * Gives calls all their callers. The recorder follows frame pointers; code that was built without them is unwound by call
 * frame information, or by the CALLs that lie before what may be return addresses, over the stack as the writes left it.
 * Costs a pass over the writes up to the last call, for such code only.
 */
export function unwindCalls(
  reader: Pick<TraceSource, 'scanWrites'>,
  { symbols, placement }: UnwoundImage,
  calls: readonly ProbeCall[],
): void {
  const sites = new Set(calls.flatMap(({ callers }) => callers.slice(0, 1)));
  const frameAt = (linear: number) => symbols.frameAt(linear);
  const needsMore = (returnTo: number) => [DWARF_ESP, undefined].includes(frameAt(returnTo - 1)?.register);
  if (![...sites].some(needsMore)) return;
  const ranges = readRanges(placement, calls);
  const memory = new LinearMemory(placement, ranges);
  const code: ScannedCode = {
    read8: (linear) => memory.read8(linear),
    read32: (linear) => memory.read32(linear),
    passUnstored: (linear) => memory.passUnstored(linear),
    functionStart: remembering((linear) => symbols.functionAt(linear)?.symbol.start),
  };
  const hasFrame = (linear: number): boolean => {
    const start = code.functionStart(linear);
    return start === undefined || keepsFramePointer(code.read8, start);
  };
  const lists = new SharedLists();
  const unwind = (each: ProbeCall): void => {
    if (each.callers.length === 0) return;
    const caller = { returnTo: each.callers[0], esp: each.esp + 4, ebp: each.ebp };
    if (frameAt(caller.returnTo - 1) !== undefined) {
      each.callers = lists.shared(unwindCallers(frameAt, caller, code.read32));
    } else if (!hasFrame(caller.returnTo - 1)) {
      each.callers = lists.shared(scanCallers(code, caller.returnTo, caller.esp));
    }
  };
  followMemory(reader, memory, ranges, calls, unwind);
}

// A stack holds the same few words again and again.
function remembering(answer: (linear: number) => number | undefined): (linear: number) => number | undefined {
  const known = new Map<number, number | undefined>();
  return (linear) => {
    const before = known.get(linear);
    if (before !== undefined || known.has(linear)) return before;
    const found = answer(linear);
    if (known.size < REMEMBERED_AT_MOST) known.set(linear, found);
    return found;
  };
}

/**
 * Fills `memory` with what was stored to `ranges` and shows each call when it is as it was then. Reads no further than the
 * last call.
 */
function followMemory(
  reader: Pick<TraceSource, 'scanWrites'>,
  memory: LinearMemory,
  ranges: readonly LinearRange[],
  calls: readonly ProbeCall[],
  visit: (call: ProbeCall) => void,
): void {
  let next = 0;
  for (const batch of reader.scanWrites(ranges)) {
    for (let row = 0; row < batch.count; row++) {
      for (; next < calls.length && calls[next].writes <= batch.first + row; next++) visit(calls[next]);
      if (next === calls.length) return;
      memory.write(batch, row);
    }
  }
  for (; next < calls.length; next++) visit(calls[next]);
}

/** What unwinding may look at: the image, and the stack above each call. */
function readRanges(placement: ImagePlacement, calls: readonly ProbeCall[]): readonly LinearRange[] {
  const stacks = new Set<number>(); // by page
  for (const { esp } of calls) stacks.add(Math.floor(esp / PAGE_BYTES));
  const ranges = [
    ...placement.ranges().map(({ from, to }) => ({ from: Math.max(0, from - BEFORE_BYTES), to })),
    ...[...stacks].map((page) => ({ from: page * PAGE_BYTES, to: page * PAGE_BYTES + STACK_BYTES })),
  ];
  return ranges.flatMap((range) => placement.aliasesOf(range));
}
