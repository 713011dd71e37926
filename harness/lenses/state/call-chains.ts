/** A frame of a call stack: `slot` is the linear address that holds the return address. */
export interface ChainNode {
  readonly slot: number;
  readonly returnTo: number;
  readonly callee: number | 'interrupt' | 'indirect'; // entry of the function that was called
  readonly parent: ChainNode | undefined;
  readonly switchedBy: number | undefined; // the instruction that first pushed to this stack after another was in use
  readonly after: FinishedCall | undefined; // the last that ended in the same place of the stack before
}

/** A call that is over: the entry of what was called, and where it came back to. */
export interface FinishedCall {
  readonly callee: number;
  readonly returnTo: number;
}

/** `callee` had returned to `caller` before something happened there, or in what `caller` called then. Any address in each. */
export interface Return {
  readonly callee: number;
  readonly caller: number;
}

const STACK_SPAN = 0x4000;
const KNOWN_NODES = 1 << 14;
const STACKS_AT_MOST = 256;
const NODES_AT_MOST = 64;

/**
 * Who called whom, rebuilt from the return addresses that CALL and interrupts store. A stack is known by where it
 * lies (`stackOf`); a store by PUSH or CALL ends every frame at or below its slot, because ESP has risen past it.
 */
export class CallChains {
  private readonly stackOf: (linear: number) => number;
  // The same calls are made again and again: their nodes are shared, by a hash of what they hold.
  private readonly known = new Array<ChainNode | undefined>(KNOWN_NODES).fill(undefined);
  private readonly tops = new Map<number, ChainNode | undefined>();
  private current: ChainNode | undefined;
  private stack: number | undefined;
  private switchedBy: number | undefined;
  private returned: ChainNode | undefined; // the frame that ended last of those that `current` had called

  constructor(stackOf: (linear: number) => number) {
    this.stackOf = stackOf;
  }

  /** The instruction at `eip` stored a return address at `slot`. Tells whether the stack is another than before. */
  call(eip: number, slot: number, returnTo: number, callee: ChainNode['callee']): boolean {
    const stack = this.stackOf(slot);
    const isSwitch = this.use(stack, eip);
    const parent = this.alive(slot);
    if (isSwitch && this.tops.size >= STACKS_AT_MOST && !this.tops.has(stack)) {
      this.tops.clear();
      this.tops.set(stack, this.current);
    }
    this.setTop(stack, this.node(slot, returnTo, callee, parent));
    this.returned = undefined;
    return isSwitch;
  }

  /** The instruction at `eip` pushed something else to `slot`. Tells whether the stack is another than before. */
  push(eip: number, slot: number): boolean {
    const stack = this.stackOf(slot);
    const isSwitch = this.use(stack, eip);
    this.setTop(stack, this.alive(slot));
    return isSwitch;
  }

  /** The innermost frame known. Frames may have returned since: `callersOf` leaves them out. */
  top(): ChainNode | undefined {
    return this.current;
  }

  private setTop(stack: number, node: ChainNode | undefined): void {
    if (node === this.current) return;
    this.current = node;
    this.tops.set(stack, node);
  }

  private node(slot: number, returnTo: number, callee: ChainNode['callee'], parent: ChainNode | undefined): ChainNode {
    const around = parent === undefined ? 0 : Math.imul(parent.slot ^ parent.returnTo, 0x85eb_ca6b);
    const hash = (Math.imul(slot ^ (returnTo << 7), 0x9e37_79b1) ^ around) >>> 18;
    const { switchedBy, returned } = this;
    const isAfter = callee !== 'interrupt' && returned !== undefined && returned.parent === parent;
    const after = isAfter ? finished(returned) : undefined;
    const known = this.known[hash];
    const isKnown =
      known !== undefined &&
      known.slot === slot &&
      known.returnTo === returnTo &&
      known.parent === parent &&
      known.callee === callee &&
      known.switchedBy === switchedBy &&
      known.after?.callee === after?.callee &&
      known.after?.returnTo === after?.returnTo;
    if (isKnown) return known;
    const node = { slot, returnTo, callee, parent, switchedBy, after };
    this.known[hash] = node;
    return node;
  }

  private use(stack: number, eip: number): boolean {
    if (stack === this.stack) return false;
    this.stack = stack;
    this.current = this.tops.get(stack);
    this.switchedBy = eip;
    this.returned = undefined;
    return true;
  }

  /** The innermost frame above `slot` on the stack in use. */
  private alive(slot: number): ChainNode | undefined {
    let node = this.current;
    while (node !== undefined && node.slot <= slot) {
      this.returned = node;
      node = node.parent;
    }
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
  return liveFrames(top, eip, functionStart).map(({ returnTo }) => returnTo);
}

/**
 * What had returned before to the function of `eip` and to its callers, innermost first: what they did may follow from
 * it. Of each the last call, unless what it left on the stack is gone.
 */
export function returnsBefore(
  top: ChainNode | undefined,
  eip: number,
  functionStart: (linear: number) => number | undefined,
): readonly Return[] {
  const live = liveFrames(top, eip, functionStart);
  const callers = [eip, ...live.map(({ returnTo }) => returnTo - 1)];
  return callers.flatMap((caller, i) => {
    const below = i === 0 ? undefined : live[i - 1];
    const calls = [below?.after, lastFinished(i === 0 ? top : below?.parent, live[i])];
    const isOfCaller = (each: FinishedCall | undefined): each is FinishedCall =>
      each !== undefined && functionStart(each.returnTo - 1) === functionStart(caller);
    return calls
      .filter(isOfCaller)
      .slice(0, 1)
      .map(({ callee }) => ({ callee, caller }));
  });
}

/** The last call that ended of those made in `frame`, of what still lies on the stack from `top` on. */
function lastFinished(top: ChainNode | undefined, frame: ChainNode | undefined): FinishedCall | undefined {
  let node = top;
  for (let i = 0; i < NODES_AT_MOST && node !== undefined && node !== frame; i++, node = node.parent) {
    if (node.parent === frame) return finished(node);
  }
  return undefined;
}

function finished({ callee, returnTo }: ChainNode): FinishedCall | undefined {
  return typeof callee === 'number' ? { callee, returnTo } : undefined;
}

function liveFrames(
  top: ChainNode | undefined,
  eip: number,
  functionStart: (linear: number) => number | undefined,
): readonly ChainNode[] {
  const frames: ChainNode[] = [];
  let inside = functionStart(eip);
  let node = top;
  for (let i = 0; i < NODES_AT_MOST && node !== undefined && node.callee !== 'interrupt'; i++, node = node.parent) {
    if (node.callee !== 'indirect' && functionStart(node.callee) !== inside) continue;
    frames.push(node);
    inside = functionStart(node.returnTo - 1);
  }
  return frames;
}

/** Who switched to the stack of the code that was interrupted; undefined when the chain begins at no interrupt. */
export function resumerOf(top: ChainNode | undefined): number | undefined {
  let node = top;
  for (let i = 0; i < NODES_AT_MOST && node !== undefined; i++, node = node.parent) {
    if (node.callee === 'interrupt') return node.switchedBy;
  }
  return undefined;
}
