import type { Place } from '../fact.ts';
import type { Places, Site } from '../names/places.ts';
import type { ViewConfig } from '../view-config.ts';
import { type Allocator, allocatorsOf, pointerArgument, requestedBytes } from './allocators.ts';
import type { ProbeCall } from './probe-calls.ts';

/** What an operation takes of the call that it is. */
type Probed = Pick<ProbeCall, 'call' | 'probe' | 'args' | 'icount' | 'esp' | 'returnIcount' | 'result'>;

/**
 * One call of a probed function from outside of its family: what an allocator asks of its own kind on the way (realloc
 * calls alloc and free) is part of it. `allocator` is undefined for a probe that the config doesn't know. There may be a
 * hundred thousand, so what follows from the rest isn't kept.
 */
export class Operation {
  readonly call: number;
  readonly probe: string;
  readonly args: readonly number[];
  readonly icount: number;
  readonly esp: number; // at the call
  readonly returnIcount: number | undefined; // of a call that returned
  readonly result: number | undefined;
  readonly site: Site; // where it was called
  readonly allocator: Allocator | undefined;

  constructor(probed: Probed, allocator: Allocator | undefined, site: Site) {
    this.call = probed.call;
    this.probe = probed.probe;
    this.args = probed.args;
    this.icount = probed.icount;
    this.esp = probed.esp;
    this.returnIcount = probed.returnIcount;
    this.result = probed.result;
    this.allocator = allocator;
    this.site = site;
  }

  get at(): Place {
    return { icount: this.icount, ...this.site };
  }

  /** That were asked for. */
  get sizeBytes(): number {
    return this.allocator === undefined ? 0 : requestedBytes(this.allocator, this.args);
  }

  /** To what is given back or resized. */
  get pointer(): number | undefined {
    return this.allocator === undefined ? undefined : pointerArgument(this.allocator, this.args);
  }
}

/** The operations of a run in the order of the calls. */
export function operationsOf(calls: readonly ProbeCall[], config: ViewConfig, places: Places): readonly Operation[] {
  const allocatorOf = allocatorsOf(config);
  const pending: ProbeCall[] = [];
  const operations: Operation[] = [];
  for (const each of calls) {
    const allocator = allocatorOf(each.probe);
    dropReturned(pending, each.icount);
    const isNested =
      allocator !== undefined &&
      pending.some((outer) => isInside(each, outer, places) && allocatorOf(outer.probe)?.family === allocator.family);
    if (allocator !== undefined) pending.push(each);
    if (!isNested) operations.push(new Operation(each, allocator, places.siteOfCall(each.callers)));
  }
  return operations;
}

function dropReturned(pending: ProbeCall[], icount: number): void {
  for (let i = pending.length - 1; i >= 0; i--) {
    const { returnIcount } = pending[i];
    if (returnIcount !== undefined && returnIcount <= icount) pending.splice(i, 1);
  }
}

// The stack tells: a call from inside lies deeper, and its callers lead to where the outer one returns. Another task
// that calls in between has callers of its own.
function isInside(inner: ProbeCall, outer: ProbeCall, places: Places): boolean {
  if (isTailCall(inner, outer)) return true;
  if (inner.esp >= outer.esp) return false;
  const [returnTo] = outer.callers;
  const [caller] = inner.callers;
  if (returnTo !== undefined && inner.callers.includes(returnTo, 1)) return true;
  return caller !== undefined && places.functionName((caller - 1) >>> 0) === outer.probe;
}

// The outer function ends with a jump to the inner one, which returns for both.
function isTailCall(inner: ProbeCall, outer: ProbeCall): boolean {
  const isSameFrame = inner.esp === outer.esp && inner.callers[0] === outer.callers[0];
  return isSameFrame && inner.returnIcount === outer.returnIcount;
}
