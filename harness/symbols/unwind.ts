import { type CallFrame, DWARF_EBP, DWARF_ESP } from './dwarf/frame-program.ts';

const FRAMES_AT_MOST = 64;

/** What is known of a function that has called another: where it goes on, and with which stack. */
export interface Caller {
  readonly returnTo: number;
  readonly esp: number; // above the return address
  readonly ebp: number;
}

/**
 * Return addresses from `caller` outward, its own first, as far as call frame information goes. `read32` reads the stack
 * by linear address; undefined where nothing is known.
 */
export function unwindCallers(
  frameAt: (linear: number) => CallFrame | undefined,
  caller: Caller,
  read32: (linear: number) => number | undefined,
): readonly number[] {
  const addresses = [caller.returnTo];
  let { returnTo, esp, ebp } = caller;
  while (addresses.length < FRAMES_AT_MOST) {
    // The return address lies behind the CALL, which may be the last instruction of the function.
    const frame = frameAt((returnTo - 1) >>> 0);
    const base = frame?.register === DWARF_ESP ? esp : frame?.register === DWARF_EBP ? ebp : undefined;
    if (frame === undefined || base === undefined) break;
    const cfa = base + frame.offset;
    const next = read32(cfa + (frame.saved.get(frame.returnRegister) ?? -4));
    const savedEbp = frame.saved.get(DWARF_EBP);
    if (next === undefined || next === 0 || cfa <= esp - 4) break;
    if (savedEbp !== undefined) ebp = read32(cfa + savedEbp) ?? ebp;
    returnTo = next;
    esp = cfa;
    addresses.push(next);
  }
  return addresses;
}
