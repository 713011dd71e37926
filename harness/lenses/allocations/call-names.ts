import type { Site } from '../names/places.ts';
import type { Operation } from './operations.ts';

/** What a call of an allocator is known by in golden and actual alike. */
export interface CallName {
  readonly site: string; // "kalloc from process_create<kernel_main"
  readonly identity: string; // "kalloc from process_create<kernel_main #2": of the block that it hands out
}

/** The names of a run's operations, in their order, by the functions around them, innermost first. */
export function nameCalls(operations: readonly Operation[]): readonly CallName[] {
  const sites = new CallSites();
  return operations.map(({ probe, site }) => {
    const counted = sites.of(probe, site);
    return new NthCall(counted.name, ++counted.count);
  });
}

class NthCall implements CallName {
  readonly site: string;
  private readonly nth: number;

  constructor(site: string, nth: number) {
    this.site = site;
    this.nth = nth;
  }

  get identity(): string {
    return `${this.site} #${this.nth}`;
  }
}

interface CountedSite {
  readonly name: string;
  count: number; // of calls so far
}

/** Sites by what they are called, which is put together once for each. */
class CallSites {
  private readonly byName = new Map<string, CountedSite>();
  private readonly bySite = new Map<string, Map<Site, CountedSite>>(); // of each probe

  of(probe: string, site: Site): CountedSite {
    const known = this.bySite.get(probe) ?? new Map<Site, CountedSite>();
    if (known.size === 0) this.bySite.set(probe, known);
    const counted = known.get(site) ?? this.named(`${probe} from ${wayTo(site)}`);
    known.set(site, counted);
    return counted;
  }

  private named(name: string): CountedSite {
    const counted = this.byName.get(name) ?? { name, count: 0 };
    this.byName.set(name, counted);
    return counted;
  }
}

function wayTo({ function: inside, callers }: Site): string {
  return [inside ?? '?', ...callers].join('<');
}
