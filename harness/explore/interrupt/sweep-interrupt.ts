import type { Driver } from '../../driver/driver.ts';
import { sample } from '../../mutate/sample.ts';
import { type InterruptOutcome, outcomeKey, outcomeOf, outcomeStart } from './interrupt-outcome.ts';
import { findSites, type InterruptSite } from './interrupt-sites.ts';

const SETTLE_LIMIT = 10_000_000; // instructions

export interface InterruptSweep {
  readonly driver: Driver; // where the window begins
  readonly irq?: number; // the line; default 0, the timer
  readonly until?: (driver: Driver) => Promise<unknown>; // where the window ends; default where the guest is idle
  readonly settle?: (driver: Driver) => Promise<unknown>; // where a run is looked at; default where the guest is idle
  readonly most?: number; // runs; of more sites so many are chosen by the seed; default 5000
  readonly seed?: number; // default 1
  readonly onProgress?: (run: number, runs: number) => void;
}

/** Boundaries at which an interrupt leads to one outcome. */
export interface InterruptGroup {
  /** `broken`: an exception or an end that the run without the IRQ doesn't have; `same`: as that run. */
  readonly kind: 'broken' | 'same' | 'other';
  readonly outcome: InterruptOutcome;
  readonly boundaries: number;
  readonly taken: number; // of these, those where the guest took the IRQ before the run was looked at
  readonly first: InterruptSite;
  readonly sites: readonly InterruptSite[];
}

export interface InterruptReport {
  readonly irq: number;
  readonly seed: number;
  readonly start: { readonly icount: number; readonly place: string };
  readonly end: number; // icount
  readonly sites: number;
  readonly runs: number; // fewer than sites when they were chosen from
  readonly boundaries: number; // of the runs
  readonly without: InterruptOutcome; // the run without the IRQ
  readonly groups: readonly InterruptGroup[]; // broken ones first, then by size
}

/** Raises an IRQ at every instruction boundary of a window, each time from there, and groups what becomes of it. */
export function sweepInterrupt(sweep: InterruptSweep): Promise<InterruptReport> {
  return sweep.driver.fork((driver) => sweepFrom({ ...sweep, driver }));
}

async function sweepFrom(sweep: InterruptSweep): Promise<InterruptReport> {
  const { driver, irq = 0, most = 5000, seed = 1, onProgress } = sweep;
  const until = sweep.until ?? ((guest) => guest.runUntilIdle());
  const settle = sweep.settle ?? ((guest) => guest.runUntilIdle({ limit: SETTLE_LIMIT }));
  const start = { icount: driver.icount, place: driver.place };
  const before = outcomeStart(driver);
  const { sites, end } = await findSites(driver, until);
  const toEnd = (guest: Driver): Promise<unknown> => runOn(guest, end, settle);
  const { outcome: without } = await driver.fork((fork) => outcomeOf(fork, irq, before, toEnd));
  const chosen = sample(sites, most, seed);
  const groups = new Groups(without);
  for (const [run, site] of chosen.entries()) {
    onProgress?.(run + 1, chosen.length);
    await driver.runUntilIcount(site.icount);
    const { outcome, isTaken } = await driver.fork((fork) => {
      fork.raiseIrq(irq);
      return outcomeOf(fork, irq, before, toEnd);
    });
    groups.add(site, outcome, isTaken);
  }
  const boundaries = chosen.reduce((sum, site) => sum + site.boundaries, 0);
  return {
    irq,
    seed,
    start,
    end,
    sites: sites.length,
    runs: chosen.length,
    boundaries,
    without,
    groups: groups.sorted(),
  };
}

/** To the end of the window, and on to where the run is looked at. */
async function runOn(driver: Driver, end: number, settle: (driver: Driver) => Promise<unknown>): Promise<void> {
  if (driver.icount < end) await driver.runUntilIcount(end);
  await settle(driver);
}

class Groups {
  readonly #without: InterruptOutcome;
  readonly #groups = new Map<
    string,
    { readonly outcome: InterruptOutcome; readonly sites: InterruptSite[]; taken: number }
  >();

  constructor(without: InterruptOutcome) {
    this.#without = without;
  }

  add(site: InterruptSite, outcome: InterruptOutcome, isTaken: boolean): void {
    const key = outcomeKey(outcome);
    const group = this.#groups.get(key) ?? { outcome, sites: [], taken: 0 };
    group.sites.push(site);
    if (isTaken) group.taken += site.boundaries;
    this.#groups.set(key, group);
  }

  sorted(): readonly InterruptGroup[] {
    const kinds = ['broken', 'other', 'same'];
    const groups = [...this.#groups.values()].map(({ outcome, sites, taken }): InterruptGroup => {
      const boundaries = sites.reduce((sum, site) => sum + site.boundaries, 0);
      return { kind: this.#kindOf(outcome), outcome, boundaries, taken, first: sites[0], sites };
    });
    return groups.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.boundaries - a.boundaries);
  }

  #kindOf(outcome: InterruptOutcome): InterruptGroup['kind'] {
    if (outcomeKey(outcome) === outcomeKey(this.#without)) return isTrouble(outcome) ? 'broken' : 'same';
    const known = this.#without.exceptions.map(({ vector, function: name }) => `${vector} ${name}`);
    const isNew = outcome.exceptions.some(({ vector, function: name }) => !known.includes(`${vector} ${name}`));
    return isNew || outcome.ending !== this.#without.ending ? 'broken' : 'other';
  }
}

/** Did the guest end by itself, or not come to rest? */
function isTrouble({ ending }: InterruptOutcome): boolean {
  return ending !== '';
}
