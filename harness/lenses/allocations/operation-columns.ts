import type { Site } from '../names/places.ts';
import type { ViewConfig } from '../view-config.ts';
import { allocatorsOf } from './allocators.ts';
import { Operation } from './operations.ts';

/** Operations as plain data. A row for each; what `probe` and `site` number stands in lists of its own. */
export interface OperationColumns {
  readonly probes: readonly string[];
  readonly sites: readonly Site[];
  readonly call: Float64Array;
  readonly probe: Uint32Array;
  readonly site: Uint32Array;
  readonly icount: Float64Array;
  readonly esp: Uint32Array;
  readonly returnIcount: Float64Array; // ABSENT: it never returned
  readonly result: Float64Array;
  readonly argsEnd: Uint32Array; // where a row's arguments end in `args`, and those of the next begin
  readonly args: Uint32Array;
}

const ABSENT = -1;

export function packOperations(operations: readonly Operation[]): OperationColumns {
  const [probes, sites] = [new Numbered<string>(), new Numbered<Site>()];
  const probe = Uint32Array.from(operations, (each) => probes.numberOf(each.probe));
  const site = Uint32Array.from(operations, (each) => sites.numberOf(each.site));
  let end = 0;
  const argsEnd = Uint32Array.from(operations, ({ args }) => {
    end += args.length;
    return end;
  });
  const args = new Uint32Array(end);
  for (const [row, each] of operations.entries()) args.set(each.args, argsEnd[row] - each.args.length);
  return {
    probes: probes.all,
    sites: sites.all,
    call: Float64Array.from(operations, ({ call }) => call),
    probe,
    site,
    icount: Float64Array.from(operations, ({ icount }) => icount),
    esp: Uint32Array.from(operations, ({ esp }) => esp),
    returnIcount: Float64Array.from(operations, ({ returnIcount }) => returnIcount ?? ABSENT),
    result: Float64Array.from(operations, ({ result }) => result ?? ABSENT),
    argsEnd,
    args,
  };
}

/** The operations that were packed, of a run that this thread looks at by the same `config`. */
export function unpackOperations(columns: OperationColumns, config: ViewConfig): readonly Operation[] {
  const { probes, sites, call, probe, site, icount, esp, returnIcount, result, argsEnd, args } = columns;
  const allocatorOf = allocatorsOf(config);
  return Array.from(call, (number, row) => {
    const name = probes[probe[row]];
    const said = {
      call: number,
      probe: name,
      args: [...args.subarray(row === 0 ? 0 : argsEnd[row - 1], argsEnd[row])],
      icount: icount[row],
      esp: esp[row],
      returnIcount: returnIcount[row] === ABSENT ? undefined : returnIcount[row],
      result: result[row] === ABSENT ? undefined : result[row],
    };
    return new Operation(said, allocatorOf(name), sites[site[row]]);
  });
}

class Numbered<Value> {
  readonly all: Value[] = [];
  private readonly numbers = new Map<Value, number>();

  numberOf(value: Value): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.all.push(value) - 1;
    this.numbers.set(value, number);
    return number;
  }
}
