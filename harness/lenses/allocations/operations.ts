import type { Place } from '../fact.ts';
import type { Places } from '../names/places.ts';
import type { ViewConfig } from '../view-config.ts';
import { type Allocator, allocatorOf, pointerArgument, requestedBytes } from './allocators.ts';
import type { ProbeCall } from './probe-calls.ts';

/**
 * One call of a probed function from outside of its family: what an allocator asks of its own kind on the way (realloc
 * calls alloc and free) is part of it. `allocator` is undefined for a probe that the config doesn't know.
 */
export interface Operation {
  readonly call: number;
  readonly probe: string;
  readonly args: readonly number[];
  readonly icount: number;
  readonly returnIcount: number | undefined; // of a call that returned
  readonly result: number | undefined;
  readonly at: Place; // where it was called
  readonly allocator: Allocator | undefined;
  readonly sizeBytes: number; // that were asked for
  readonly pointer: number | undefined; // to what is given back or resized
}

/** The operations of a run in the order of the calls. */
export function operationsOf(calls: readonly ProbeCall[], config: ViewConfig, places: Places): readonly Operation[] {
  const pending: ProbeCall[] = [];
  const operations: Operation[] = [];
  for (const each of calls) {
    const allocator = allocatorOf(config, each.call.probe);
    dropReturned(pending, each.call.icount);
    const isNested =
      allocator !== undefined &&
      pending.some((outer) => isInside(each, outer, places) && isOneFamily(config, outer, allocator));
    if (allocator !== undefined) pending.push(each);
    if (!isNested) operations.push(operationOf(each, allocator, places));
  }
  return operations;
}

function operationOf({ call, return: back }: ProbeCall, allocator: Allocator | undefined, places: Places): Operation {
  return {
    call: call.call,
    probe: call.probe,
    args: call.args,
    icount: call.icount,
    returnIcount: back?.icount,
    result: back?.result,
    at: places.ofCall(call.icount, call.callers),
    allocator,
    sizeBytes: allocator === undefined ? 0 : requestedBytes(allocator, call.args),
    pointer: allocator === undefined ? undefined : pointerArgument(allocator, call.args),
  };
}

function dropReturned(pending: ProbeCall[], icount: number): void {
  for (let i = pending.length - 1; i >= 0; i--) {
    const back = pending[i].return;
    if (back !== undefined && back.icount <= icount) pending.splice(i, 1);
  }
}

// The stack tells: a call from inside lies deeper, and its callers lead to where the outer one returns. Another task
// that calls in between has callers of its own.
function isInside(inner: ProbeCall, outer: ProbeCall, places: Places): boolean {
  if (isTailCall(inner, outer)) return true;
  if (inner.call.esp >= outer.call.esp) return false;
  const [returnTo] = outer.call.callers;
  const [caller] = inner.call.callers;
  if (returnTo !== undefined && inner.call.callers.includes(returnTo, 1)) return true;
  return caller !== undefined && places.functionName((caller - 1) >>> 0) === outer.call.probe;
}

// The outer function ends with a jump to the inner one, which returns for both.
function isTailCall(inner: ProbeCall, outer: ProbeCall): boolean {
  const isSameFrame = inner.call.esp === outer.call.esp && inner.call.callers[0] === outer.call.callers[0];
  return isSameFrame && inner.return?.icount === outer.return?.icount;
}

function isOneFamily(config: ViewConfig, outer: ProbeCall, { family }: Allocator): boolean {
  return allocatorOf(config, outer.call.probe)?.family === family;
}
