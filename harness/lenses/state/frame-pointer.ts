const PUSH_EBP_MOVES = [0xe58955, 0xec8b55]; // PUSH EBP; MOV EBP, ESP in either encoding

/** Does the function that starts here keep EBP as a frame pointer? One whose code nobody has seen is taken to. */
export function keepsFramePointer(read8: (linear: number) => number | undefined, start: number): boolean {
  const first = read8(start);
  if (first === undefined) return true;
  return PUSH_EBP_MOVES.includes(first | ((read8(start + 1) ?? 0) << 8) | ((read8(start + 2) ?? 0) << 16));
}
