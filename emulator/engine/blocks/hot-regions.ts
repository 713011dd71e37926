import type { Insn } from '../../isa/insn.ts';
import type { FormFunction } from '../forms.ts';
import type { CodeStore, Region } from './code-store.ts';
import { discover, type SeenInsn } from './graph/discover.ts';
import { type RegionPlan, wealthOf } from './graph/region.ts';
import type { Mode } from './mode.ts';

/** A region that is left that often without having used its budget is compiled anew, and twice as often the next time. */
const LEFT_OFTEN = 512;
const RECOMPILED_AT_MOST = 6;
/** Code that had to give up an instruction that often has the interpreter called for it. */
const GAVE_UP_OFTEN = 64;
/** Modes and mappings in which one place is the entry of a region. */
const ENTRANCES_AT_MOST = 4;
/** A place within a region becomes one more entry of it when it is so much hotter than what makes others hot. */
const HOTTER_AT_HOME = 8;
/** The share of what makes a place hot that makes it an entry of what is compiled around it. */
const WARM = 1 / 16;

/** An instruction with what is known of it as a place to which control comes. */
export interface Site {
  readonly run: FormFunction;
  /** May the mode be another after it? */
  readonly changesMode: boolean;
  /** How often control came here without a region to run. */
  heat: number;
  /** How often a region was left before it that has code for it. */
  gaveUp: number;
  entrances: readonly Entrance[];
}

/** What stands in for a region whenever that is compiled anew. */
export interface HotRegion {
  region: Region;
  exits: number;
  recompiled: number;
}

interface Entrance {
  readonly eip: number;
  readonly hot: HotRegion;
  readonly region: Region; // as it was when it had this entry
}

/** The cached instruction at an offset of the code segment, under the mappings of the moment. */
export type Lookup = (
  eip: number,
  mode: Mode,
) => { readonly insn: Insn; readonly physical: number; readonly site: Site } | undefined;

/** Which code is worth compiling, and where it is entered. */
export class HotRegions {
  private readonly store: CodeStore;
  private readonly lookUp: Lookup;
  private readonly hotAfter: number;
  /** By mode and the offset of an instruction: the region that has code for it. */
  private readonly homes = new Map<Mode, Map<number, HotRegion>>();

  /** `hotAfter`: how often control comes to an instruction before a region is compiled for it. */
  constructor(store: CodeStore, lookUp: Lookup, hotAfter: number) {
    this.store = store;
    this.lookUp = lookUp;
    this.hotAfter = hotAfter;
  }

  /** The region that may be entered at the instruction. */
  at({ entrances }: Site, eip: number, mode: Mode): HotRegion | undefined {
    for (let i = 0; i < entrances.length; i++) {
      const { hot, region } = entrances[i];
      if (entrances[i].eip === eip && region.mode === mode && this.isCurrent(hot, region)) return hot;
    }
    return undefined;
  }

  /** Control came where no region may be entered. */
  arrive(site: Site, eip: number, mode: Mode): void {
    if (++site.heat < this.hotAfter) return;
    const home = this.homes.get(mode)?.get(eip);
    const isAtHome = home !== undefined && this.isCurrent(home, home.region);
    // Control will soon be at an entry.
    if (isAtHome && site.heat < this.hotAfter * HOTTER_AT_HOME) return;
    site.heat = 0;
    if (isAtHome && home.recompiled < RECOMPILED_AT_MOST) {
      home.recompiled++;
      this.compile(this.plan([...home.region.entries, eip], mode), home);
    } else this.compile(this.plan([eip], mode));
  }

  /** A region was left at an offset, though its budget would have sufficed for more; perhaps as it had to give up there. */
  noteLeft(hot: HotRegion, eip: number, mode: Mode, gaveUp: boolean): void {
    if (hot.recompiled === RECOMPILED_AT_MOST || hot.region.mode !== mode) return;
    const site = gaveUp ? this.lookUp(eip, mode)?.site : undefined;
    if (site !== undefined) site.gaveUp++;
    if (++hot.exits < LEFT_OFTEN << hot.recompiled) return;
    hot.exits = 0;
    hot.recompiled++;
    const plan = this.plan(hot.region.entries, mode);
    if (plan !== undefined && wealthOf(plan) > hot.region.wealth) this.compile(plan, hot);
  }

  private isCurrent(hot: HotRegion, region: Region): boolean {
    return hot.region === region && region.generation === this.store.generation;
  }

  private plan(eips: readonly number[], mode: Mode): RegionPlan | undefined {
    return discover(eips, mode, (eip) => this.seen(eip, mode));
  }

  private seen(eip: number, mode: Mode): SeenInsn | undefined {
    const found = this.lookUp(eip, mode);
    if (found === undefined) return undefined;
    const { insn, physical, site } = found;
    const isEntrance = site.heat > this.hotAfter * WARM || site.entrances.length > 0;
    return { insn, physical, isEntrance, givesUp: site.gaveUp >= GAVE_UP_OFTEN };
  }

  private compile(plan: RegionPlan | undefined, before?: HotRegion): void {
    if (plan === undefined) return;
    if (before !== undefined) this.store.release(before.region);
    const region = this.store.compile(plan);
    const hot = before ?? { region, exits: 0, recompiled: 0 };
    hot.region = region;
    for (const eip of region.entries) this.addEntrance(eip, hot);
    const homes = this.homes.get(plan.mode) ?? new Map<number, HotRegion>();
    this.homes.set(plan.mode, homes);
    for (const { insns } of plan.blocks) for (const { eip } of insns) homes.set(eip, hot);
  }

  private addEntrance(eip: number, hot: HotRegion): void {
    const { region } = hot;
    const site = this.lookUp(eip, region.mode)?.site;
    if (site === undefined) return;
    const others = site.entrances.filter(
      (each) => this.isCurrent(each.hot, each.region) && (each.eip !== eip || each.region.mode !== region.mode),
    );
    site.entrances = [{ eip, hot, region }, ...others].slice(0, ENTRANCES_AT_MOST);
  }
}
