import { type EngineName, Machine, type MachineSpec } from '../../emulator/index.ts';
import type { Driver } from '../driver/driver.ts';
import { MachineDriver } from '../driver/machine-driver.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { UnmetWaitError } from '../scenario/unmet-wait.ts';
import { type Steps, stepsOf } from '../scenario/unwritten-scenario.ts';
import { AbsentParts } from './absent-parts.ts';
import { type LiveEnding, LiveGuest, type LiveView } from './live-guest.ts';
import { longestIcount } from './patience.ts';

export interface LiveOptions {
  readonly boot: BootFiles;
  readonly spec: MachineSpec;
  readonly engine: EngineName;
  readonly imagePath: string; // for messages
  readonly steps: Steps;
  /** Of the guest's time; a wait may take as many instructions as a run of that length. */
  readonly seconds: number;
}

export interface LiveOutcome {
  readonly ending: LiveEnding;
  readonly machine: Machine;
  readonly absent: AbsentParts;
}

const SETTLING_ICOUNT = 50_000_000;
const SETTLING_STEP = 1_000_000;

/** Before keys that nobody said when to type: until the guest is idle, which one that polls never is, but not for long. */
async function settle(driver: Driver): Promise<void> {
  const end = driver.icount + SETTLING_ICOUNT;
  while (!driver.isIdle && driver.icount < end) await driver.runFor(SETTLING_STEP);
}

/** Breaks off a wait of the driver because the view wants to end. */
class Interruption extends Error {
  readonly ending: LiveEnding;

  constructor(ending: LiveEnding) {
    super(ending.kind);
    this.ending = ending;
  }
}

/**
 * Boots an image and shows it. The steps are taken first; with a wait among them the run ends after the last, else it goes
 * on until the guest or the view ends it. Nothing is recorded. Errors: OperatingError for steps that are wrong.
 */
export async function runLive(
  { boot, spec, engine, imagePath, steps, seconds }: LiveOptions,
  view: LiveView,
): Promise<LiveOutcome> {
  const absent = new AbsentParts();
  const machine = new Machine(spec, boot.source, { engine, onEvent: (event) => absent.note(event) });
  const driver = new MachineDriver({
    machine,
    symbols: boot.symbols,
    symbolsName: boot.symbolsName,
    scenarioFile: imagePath,
    waitLimit: longestIcount(seconds),
    sliceIcount: view.sliceIcount,
    onProgress: turn,
  });
  const guest = new LiveGuest(machine, driver);
  async function turn(): Promise<void> {
    const ending = (await view.turn(guest)) ?? (guest.isHung ? ({ kind: 'hung' } as const) : undefined);
    if (ending !== undefined) throw new Interruption(ending);
  }
  const run = stepsOf(steps, Math.max(steps.keys.length, steps.until.length), settle);
  view.open(guest);
  try {
    return { ending: await play(), machine, absent };
  } finally {
    await view.close(guest);
  }

  async function play(): Promise<LiveEnding> {
    try {
      await turn();
      await run(driver);
      if (steps.until.length > 0) return { kind: 'met' };
      return { kind: 'stopped', reason: await driver.runUntilStop({ limit: Number.POSITIVE_INFINITY }) };
    } catch (error) {
      if (error instanceof Interruption) return error.ending;
      if (!(error instanceof UnmetWaitError)) throw error;
      return machine.stopped === undefined || steps.until.length > 0
        ? { kind: 'unmet', unmet: error.wait }
        : { kind: 'stopped', reason: machine.stopped };
    }
  }
}
