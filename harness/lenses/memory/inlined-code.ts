import type { Symbols } from '../../symbols/index.ts';
import { sourceName } from '../names/function-name.ts';

/** Which instructions belong to copies of some functions that the compiler has inlined elsewhere. */
export class InlinedCode {
  private readonly symbols: Symbols;
  private readonly names: ReadonlySet<string>;
  private readonly isAnywhere: boolean;
  private readonly known = new Map<number, boolean>();
  private lastEip = -1;
  private wasInside = false;

  constructor(symbols: Symbols, names: ReadonlySet<string>) {
    this.symbols = symbols;
    this.names = names;
    this.isAnywhere = [...names].some((name) => symbols.inlinedSites(name).length > 0);
  }

  includes(eip: number): boolean {
    if (!this.isAnywhere) return false;
    if (eip !== this.lastEip) [this.lastEip, this.wasInside] = [eip, this.lookUp(eip)];
    return this.wasInside;
  }

  private lookUp(eip: number): boolean {
    let isInside = this.known.get(eip);
    isInside ??= this.symbols.inlinedAt(eip).some((name) => this.names.has(sourceName(name)));
    this.known.set(eip, isInside);
    return isInside;
  }
}
