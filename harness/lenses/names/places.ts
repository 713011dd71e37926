import type { Symbols } from '../../symbols/index.ts';
import type { NamedReturn, Place } from '../fact.ts';
import { type ChainNode, callersOf, type Return, resumerOf, returnsBefore } from '../state/call-chains.ts';
import { sourceName } from './function-name.ts';
import type { ImagePlacement } from './image-placement.ts';

const BIOS_START = 0xf_0000;
const BIOS_END = 0x10_0000;
const RETURNS_TOLD = 3;

/** A place at any time. */
export type Site = Omit<Place, 'icount'>;

/** Turns code addresses of one run into places with function, source line and callers. */
export class Places {
  private readonly symbols: Symbols;
  private readonly placement: ImagePlacement;
  // The same few instructions store and fault again and again, under the same callers.
  private readonly sites = new Map<number, Map<ChainNode | undefined, Site>>(); // by address
  private readonly callSites = new Map<readonly number[], Site>(); // by return addresses
  private readonly names = new Map<number, readonly string[]>(); // by address

  constructor(symbols: Symbols, placement: ImagePlacement) {
    this.symbols = symbols;
    this.placement = placement;
  }

  /** The place of the instruction at `eip`; `chain` is the innermost frame known at that time. */
  at(icount: number, eip: number, chain?: ChainNode): Place {
    const around = this.sites.get(eip) ?? new Map<ChainNode | undefined, Site>();
    const site = around.get(chain) ?? this.site(eip, chain);
    around.set(chain, site);
    this.sites.set(eip, around);
    return { icount, ...site };
  }

  private site(eip: number, chain: ChainNode | undefined): Site {
    const functionStart = (linear: number) => this.symbols.functionAt(linear)?.symbol.start;
    const callers = callersOf(chain, eip, functionStart);
    const after = returnsBefore(chain, eip, functionStart)
      .slice(0, RETURNS_TOLD)
      .flatMap((each) => this.namedReturn(each));
    const resumer = resumerOf(chain);
    const resumedBy = resumer === undefined ? undefined : this.functionName(resumer);
    return {
      ...this.siteOf(eip, callers),
      ...(after.length === 0 ? {} : { after }),
      ...(resumedBy === undefined ? {} : { resumedBy }),
    };
  }

  private namedReturn({ callee, caller }: Return): readonly NamedReturn[] {
    const [from, to] = [this.functionName(callee), this.functionName(caller)];
    return from === undefined || to === undefined ? [] : [{ callee: from, caller: to }];
  }

  /** The site of a call with the return addresses around it, innermost first: that of the first caller. One for each list. */
  siteOfCall(returnAddresses: readonly number[]): Site {
    const known = this.callSites.get(returnAddresses);
    if (known !== undefined) return known;
    const [first, ...others] = returnAddresses;
    const site = first === undefined ? { callers: [] } : this.siteOf((first - 1) >>> 0, others);
    this.callSites.set(returnAddresses, site);
    return site;
  }

  functionName(linear: number): string | undefined {
    const found = this.symbols.functionAt(this.linked(linear));
    if (found !== undefined) return sourceName(found.symbol.name);
    return linear >= BIOS_START && linear < BIOS_END ? 'the BIOS' : undefined;
  }

  /** Is this code of the image, and not of a loader or the BIOS? */
  isOfImage(eip: number): boolean {
    return this.placement.runs(eip);
  }

  private siteOf(eip: number, callers: readonly number[]): Site {
    const [name, ...around] = this.functionNames(eip);
    const source = this.symbols.lineAt(this.linked(eip));
    return {
      eip,
      callers: [...around, ...this.callerNames(callers)],
      ...(name === undefined ? {} : { function: name }),
      ...(source === undefined ? {} : { source }),
    };
  }

  // Until paging is on, a kernel in the higher half runs where it was loaded to.
  private linked(linear: number): number {
    return this.placement.includes(linear) ? linear : (this.placement.linkedAt(linear) ?? linear);
  }

  // With those that the compiler has inlined there, innermost first: calls read alike however much was inlined.
  private functionNames(linear: number): readonly string[] {
    const known = this.names.get(linear);
    if (known !== undefined) return known;
    const name = this.functionName(linear);
    const names = name === undefined ? [] : [...this.symbols.inlinedAt(this.linked(linear)).map(sourceName), name];
    this.names.set(linear, names);
    return names;
  }

  // A return address lies behind its CALL, which may be the last instruction of the caller. A chain of frame pointers
  // ends at the first address that is no code.
  private callerNames(returnAddresses: readonly number[]): readonly string[] {
    const names: string[] = [];
    for (const address of returnAddresses) {
      const found = this.functionNames((address - 1) >>> 0);
      if (found.length === 0) break;
      names.push(...found);
    }
    return names;
  }
}
