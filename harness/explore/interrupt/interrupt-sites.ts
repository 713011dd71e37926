import { OperatingError } from '../../../emulator/index.ts';
import type { Driver } from '../../driver/driver.ts';
import { UnmetWaitError } from '../../scenario/unmet-wait.ts';

const INTERRUPT_FLAG = 0x200;
const PIC_PORTS = [0x20, 0x21, 0xa0, 0xa1] as const;
const MOST_BOUNDARIES = 5_000_000;

/** Instruction boundaries in a row that are one to an interrupt: it is tried at the first. */
export interface InterruptSite {
  readonly icount: number; // of the first boundary
  readonly boundaries: number;
  /** `held`: interrupts are off, so a request waits for the end of it; `idle`: the guest does nothing. */
  readonly kind: 'open' | 'held' | 'idle';
  readonly place: string;
}

export interface InterruptWindow {
  readonly start: number; // icounts
  readonly end: number;
  readonly sites: readonly InterruptSite[];
}

/** Steps through the window from where the guest is to where `toEnd` comes, or to the guest's end. */
export async function findSites(driver: Driver, toEnd: (driver: Driver) => Promise<unknown>): Promise<InterruptWindow> {
  const start = driver.icount;
  const end = await driver.fork((fork) => endOf(fork, toEnd));
  if (end - start > MOST_BOUNDARIES) {
    const problem = `it has ${end - start} instructions, and at most ${MOST_BOUNDARIES} are swept; end it earlier`;
    throw new OperatingError('the window', problem);
  }
  const cuts = await picWrites(driver, end);
  const sites = await driver.fork((fork) => stepThrough(fork, end, cuts));
  return { start, end, sites };
}

async function stepThrough(driver: Driver, end: number, cuts: ReadonlySet<number>): Promise<readonly InterruptSite[]> {
  const sites: InterruptSite[] = [];
  while (driver.icount < end) {
    const { icount, place } = driver;
    const last = sites.at(-1);
    const kind = driver.isIdle ? 'idle' : (driver.registers.eflags & INTERRUPT_FLAG) === 0 ? 'held' : 'open';
    if (last !== undefined && kind !== 'open' && last.kind === kind && !cuts.has(icount)) {
      sites[sites.length - 1] = { ...last, boundaries: last.boundaries + 1 };
    } else {
      sites.push({ icount, boundaries: 1, kind, place });
    }
    await driver.runFor(1);
  }
  return sites;
}

async function endOf(driver: Driver, toEnd: (driver: Driver) => Promise<unknown>): Promise<number> {
  try {
    await toEnd(driver);
  } catch (error) {
    if (!(error instanceof UnmetWaitError)) throw error;
  }
  return driver.icount;
}

/** The icounts after writes to the interrupt controllers, which may forget or mask a request. */
async function picWrites(driver: Driver, end: number): Promise<ReadonlySet<number>> {
  const cuts = new Set<number>();
  for (const port of PIC_PORTS) {
    await driver.fork(async (fork) => {
      try {
        for (;;) {
          await fork.runUntilPortWrite(port, { limit: end - fork.icount });
          cuts.add(fork.icount);
        }
      } catch (error) {
        if (!(error instanceof UnmetWaitError)) throw error;
      }
    });
  }
  return cuts;
}
