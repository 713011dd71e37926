import type { WriteColumns } from '../../../traces/index.ts';
import { DWARF_ESP, type Symbols, unwindCallers } from '../../symbols/index.ts';
import type { ProbeCall } from '../allocations/probe-calls.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import type { TraceSource } from '../trace-source.ts';
import { keepsFramePointer } from './frame-pointer.ts';
import { type ScannedCode, scanCallers } from './scan-callers.ts';

const PAGE_BYTES = 4096;

/** The code that is unwound. */
export interface UnwoundImage {
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
}

/**
 * Calls with all their callers. The recorder follows frame pointers; code that was built without them is unwound by call
 * frame information, or by the CALLs that lie before what may be return addresses, over the stack as the writes left it.
 * Costs a pass over the writes up to the last call, for such code only.
 */
export function unwindCalls(
  reader: Pick<TraceSource, 'scanWrites'>,
  { symbols, placement }: UnwoundImage,
  calls: readonly ProbeCall[],
): readonly ProbeCall[] {
  const sites = new Set(calls.flatMap(({ call }) => call.callers.slice(0, 1)));
  const frameAt = (linear: number) => symbols.frameAt(linear);
  const needsMore = (returnTo: number) => [DWARF_ESP, undefined].includes(frameAt(returnTo - 1)?.register);
  if (![...sites].some(needsMore)) return calls;
  const memory = new LinearMemory(placement);
  const code: ScannedCode = {
    read8: (linear) => memory.read8(linear),
    read32: (linear) => memory.read32(linear),
    functionStart: (linear) => symbols.functionAt(linear)?.symbol.start,
  };
  const hasFrame = (linear: number): boolean => {
    const start = code.functionStart(linear);
    return start === undefined || keepsFramePointer(code.read8, start);
  };
  const callers = new Map<number, readonly number[]>();
  const unwind = (each: ProbeCall['call']): void => {
    if (each.callers.length === 0) return;
    const caller = { returnTo: each.callers[0], esp: each.esp + 4, ebp: each.ebp };
    if (frameAt(caller.returnTo - 1) !== undefined) {
      callers.set(each.call, unwindCallers(frameAt, caller, code.read32));
    } else if (!hasFrame(caller.returnTo - 1)) {
      callers.set(each.call, scanCallers(code, caller.returnTo, caller.esp));
    }
  };
  followMemory(reader, memory, calls, unwind);
  return calls.map((each) => {
    const unwound = callers.get(each.call.call);
    return unwound === undefined ? each : { ...each, call: { ...each.call, callers: unwound } };
  });
}

/** Fills `memory` and shows each call when it is as it was then. Reads no further than the last call. */
function followMemory(
  reader: Pick<TraceSource, 'scanWrites'>,
  memory: LinearMemory,
  calls: readonly ProbeCall[],
  visit: (call: ProbeCall['call']) => void,
): void {
  let next = 0;
  let number = 0;
  for (const batch of reader.scanWrites()) {
    for (let row = 0; row < batch.count; row++, number++) {
      for (; next < calls.length && calls[next].call.writes <= number; next++) visit(calls[next].call);
      if (next === calls.length) return;
      memory.write(batch, row);
    }
  }
  for (; next < calls.length; next++) visit(calls[next].call);
}

/** What was stored by linear address; of several address spaces the last store counts. */
class LinearMemory {
  private readonly pages = new Map<number, Uint8Array>();
  private lastNumber = -1;
  private lastPage: Uint8Array = new Uint8Array(0);
  private readonly placement: ImagePlacement;

  constructor(placement: ImagePlacement) {
    this.placement = placement;
  }

  write(columns: WriteColumns, row: number): void {
    // A kernel in the higher half is loaded by other addresses than it runs at: both are one.
    const linear = this.placement.reached(columns.linear[row]);
    const value = columns.value[row];
    for (let i = 0; i < columns.size[row]; i++) {
      const number = Math.floor((linear + i) / PAGE_BYTES);
      if (number !== this.lastNumber) this.turnTo(number);
      this.lastPage[(linear + i) % PAGE_BYTES] = value >>> (8 * i);
    }
  }

  /** The dword at `linear`; undefined where nobody stored anything to its page. */
  read32(linear: number): number | undefined {
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const byte = this.read8(linear + i);
      if (byte === undefined) return undefined;
      value = (value << 8) | byte;
    }
    return value >>> 0;
  }

  read8(linear: number): number | undefined {
    const home = this.placement.reached(linear);
    return this.pages.get(Math.floor(home / PAGE_BYTES))?.[home % PAGE_BYTES];
  }

  private turnTo(number: number): void {
    const page = this.pages.get(number) ?? new Uint8Array(PAGE_BYTES);
    this.pages.set(number, page);
    this.lastNumber = number;
    this.lastPage = page;
  }
}
