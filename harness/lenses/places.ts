import type { Symbols } from '../symbols/index.ts';
import { type ChainNode, callersOf, resumerOf } from './call-chains.ts';
import type { Place } from './fact.ts';
import { sourceName } from './function-name.ts';

const BIOS_START = 0xf_0000;
const BIOS_END = 0x10_0000;

/** Turns code addresses of one run into places with function, source line and callers. */
export class Places {
  private readonly symbols: Symbols;

  constructor(symbols: Symbols) {
    this.symbols = symbols;
  }

  /** The place of the instruction at `eip`; `chain` is the innermost frame known at that time. */
  at(icount: number, eip: number, chain?: ChainNode): Place {
    const callers = callersOf(chain, eip, (linear) => this.symbols.functionAt(linear)?.symbol.start);
    const resumer = resumerOf(chain);
    const resumedBy = resumer === undefined ? undefined : this.functionName(resumer);
    return { ...this.place(icount, eip, callers), ...(resumedBy === undefined ? {} : { resumedBy }) };
  }

  /** The place of a call with the return addresses around it, innermost first: that of the first caller. */
  ofCall(icount: number, returnAddresses: readonly number[]): Place {
    const [first, ...others] = returnAddresses;
    return first === undefined ? { icount, callers: [] } : this.place(icount, (first - 1) >>> 0, others);
  }

  functionName(linear: number): string | undefined {
    const found = this.symbols.functionAt(linear);
    if (found !== undefined) return sourceName(found.symbol.name);
    return linear >= BIOS_START && linear < BIOS_END ? 'the BIOS' : undefined;
  }

  private place(icount: number, eip: number, callers: readonly number[]): Place {
    const name = this.functionName(eip);
    const source = this.symbols.lineAt(eip);
    return {
      icount,
      eip,
      callers: this.callerNames(callers),
      ...(name === undefined ? {} : { function: name }),
      ...(source === undefined ? {} : { source }),
    };
  }

  // A return address lies behind its CALL, which may be the last instruction of the caller. A chain of frame pointers
  // ends at the first address that is no code.
  private callerNames(returnAddresses: readonly number[]): readonly string[] {
    const names: string[] = [];
    for (const address of returnAddresses) {
      const name = this.functionName((address - 1) >>> 0);
      if (name === undefined) break;
      names.push(name);
    }
    return names;
  }
}
