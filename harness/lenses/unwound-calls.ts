import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { DWARF_ESP, type Symbols, unwindCallers } from '../symbols/index.ts';
import type { ProbeCall } from './probe-calls.ts';
import type { TraceSource } from './trace-source.ts';
import { walk } from './walk.ts';

const PAGE_BYTES = 4096;

/**
 * Calls with all their callers. The recorder follows frame pointers; code that was built without them is unwound by call
 * frame information, over the stack as the writes left it. Costs a pass over the writes, for such code only.
 */
export function unwindCalls(
  reader: Pick<TraceSource, 'events' | 'scanWrites'>,
  symbols: Symbols,
  calls: readonly ProbeCall[],
): readonly ProbeCall[] {
  const sites = new Set(calls.flatMap(({ call }) => call.callers.slice(0, 1)));
  if (![...sites].some((returnTo) => symbols.frameAt(returnTo - 1)?.register === DWARF_ESP)) return calls;
  const stack = new LinearMemory();
  const callers = new Map<number, readonly number[]>();
  const event = (each: TraceEvent): void => {
    if (each.kind !== 'probe-call' || each.callers.length === 0) return;
    const caller = { returnTo: each.callers[0], esp: each.esp + 4, ebp: each.ebp };
    const frameAt = (linear: number) => symbols.frameAt(linear);
    callers.set(
      each.call,
      unwindCallers(frameAt, caller, (linear) => stack.read32(linear)),
    );
  };
  walk(reader, { write: (columns, row) => stack.write(columns, row), event });
  return calls.map((each) => ({ ...each, call: { ...each.call, callers: callers.get(each.call.call) ?? [] } }));
}

/** What was stored by linear address; of several address spaces the last store counts. */
class LinearMemory {
  private readonly pages = new Map<number, Uint8Array>();

  write(columns: WriteColumns, row: number): void {
    const linear = columns.linear[row];
    for (let i = 0; i < columns.size[row]; i++) this.set(linear + i, columns.value[row] >>> (8 * i));
  }

  /** The dword at `linear`; undefined where nobody stored anything to its page. */
  read32(linear: number): number | undefined {
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const page = this.pages.get(Math.floor((linear + i) / PAGE_BYTES));
      if (page === undefined) return undefined;
      value = (value << 8) | page[(linear + i) % PAGE_BYTES];
    }
    return value >>> 0;
  }

  private set(linear: number, byte: number): void {
    const number = Math.floor(linear / PAGE_BYTES);
    let page = this.pages.get(number);
    if (page === undefined) {
      page = new Uint8Array(PAGE_BYTES);
      this.pages.set(number, page);
    }
    page[linear % PAGE_BYTES] = byte;
  }
}
