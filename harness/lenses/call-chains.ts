/** A frame of a call stack: `slot` is the linear address that holds the return address. */
export interface ChainNode {
  readonly slot: number;
  readonly returnTo: number;
  readonly callee: number | 'interrupt' | 'indirect'; // entry of the function that was called
  readonly parent: ChainNode | undefined;
}

const STACK_SPAN = 0x4000;
const STACKS_AT_MOST = 256;
const NODES_AT_MOST = 64;

/**
 * Who called whom, rebuilt from the return addresses that CALL and interrupts store. A stack is known by where it
 * lies (`stackOf`); a store by PUSH or CALL ends every frame at or below its slot, because ESP has risen past it.
 */
export class CallChains {
  private readonly stackOf: (linear: number) => number;
  private readonly tops = new Map<number, ChainNode | undefined>();
  private current: ChainNode | undefined;

  constructor(stackOf: (linear: number) => number) {
    this.stackOf = stackOf;
  }

  /** A return address was stored at `slot`. */
  call(slot: number, returnTo: number, callee: ChainNode['callee']): void {
    const stack = this.stackOf(slot);
    const parent = this.alive(stack, slot);
    if (this.tops.size >= STACKS_AT_MOST && !this.tops.has(stack)) this.tops.clear();
    this.current = { slot, returnTo, callee, parent };
    this.tops.set(stack, this.current);
  }

  /** Something else was pushed to `slot`. */
  push(slot: number): void {
    const stack = this.stackOf(slot);
    const top = this.tops.get(stack);
    if (top === undefined) return;
    this.current = this.alive(stack, slot);
    if (this.current !== top) this.tops.set(stack, this.current);
  }

  /** The innermost frame known. Frames may have returned since: `callersOf` leaves them out. */
  top(): ChainNode | undefined {
    return this.current;
  }

  private alive(stack: number, slot: number): ChainNode | undefined {
    let node = this.tops.get(stack);
    while (node !== undefined && node.slot <= slot) node = node.parent;
    return node !== undefined && node.slot - slot > STACK_SPAN ? undefined : node;
  }
}

/**
 * Return addresses around the code at `eip`, innermost first, up to an interrupt. A frame whose callee isn't the
 * function that the chain has reached is over (nothing was stored when it returned) and is left out.
 */
export function callersOf(
  top: ChainNode | undefined,
  eip: number,
  functionStart: (linear: number) => number | undefined,
): readonly number[] {
  const callers: number[] = [];
  let inside = functionStart(eip);
  let node = top;
  for (let i = 0; i < NODES_AT_MOST && node !== undefined && node.callee !== 'interrupt'; i++, node = node.parent) {
    if (node.callee !== 'indirect' && functionStart(node.callee) !== inside) continue;
    callers.push(node.returnTo);
    inside = functionStart(node.returnTo - 1);
  }
  return callers;
}
