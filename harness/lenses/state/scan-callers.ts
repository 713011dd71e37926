const CALLERS_AT_MOST = 16;
const FRAME_BYTES = 1024; // the farthest that a caller's return address is looked for
const CALL_RELATIVE = 0xe8;
const CALL_INDIRECT = 0xff;
const INDIRECT_BYTES = [2, 3, 4, 6, 7];

/** What a scan looks at. Memory is by linear address; undefined where nothing was ever stored. */
export interface ScannedCode {
  readonly read8: (linear: number) => number | undefined;
  readonly read32: (linear: number) => number | undefined;
  readonly functionStart: (linear: number) => number | undefined;
  readonly passUnstored: (linear: number) => number; // the end of its page if nothing was ever stored there, else itself
}

/**
 * Return addresses, innermost first, of code with neither frame pointers nor call frame information: the first word up
 * the stack that lies behind a CALL of the function that the chain has reached. `esp` is where it was before that call.
 */
export function scanCallers(code: ScannedCode, returnTo: number, esp: number): readonly number[] {
  const callers = [returnTo];
  let slot = esp;
  while (callers.length < CALLERS_AT_MOST) {
    const inside = code.functionStart(callers[callers.length - 1] - 1);
    if (inside === undefined) break;
    const found = findCallOf(code, inside, slot);
    if (found === undefined) break;
    callers.push(found.returnTo);
    slot = found.slot + 4;
  }
  return callers;
}

interface FoundCall {
  readonly slot: number;
  readonly returnTo: number;
}

// A direct call names its callee and is believed before an indirect one, which may be a leftover.
function findCallOf(code: ScannedCode, callee: number, from: number): FoundCall | undefined {
  let indirect: FoundCall | undefined;
  const next = (slot: number) => slot + 4 * Math.ceil((code.passUnstored(slot) - slot) / 4);
  for (let slot = next(from); slot < from + FRAME_BYTES; slot = next(slot + 4)) {
    const returnTo = code.read32(slot);
    if (returnTo === undefined || code.functionStart(returnTo - 1) === undefined) continue;
    if (code.read8(returnTo - 5) === CALL_RELATIVE) {
      const target = (returnTo + (code.read32(returnTo - 4) ?? 0)) >>> 0;
      if (target === callee) return { slot, returnTo };
    }
    if (indirect === undefined && isBehindIndirectCall(code.read8, returnTo)) indirect = { slot, returnTo };
  }
  return indirect;
}

/** Does a CALL by way of a register or of memory end there? */
export function isBehindIndirectCall(read8: ScannedCode['read8'], returnTo: number): boolean {
  return INDIRECT_BYTES.some((bytes) => {
    const modrm = read8(returnTo - bytes + 1) ?? 0;
    return read8(returnTo - bytes) === CALL_INDIRECT && ((modrm >> 3) & 7) === 2;
  });
}
