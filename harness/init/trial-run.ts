import { Machine } from '../../emulator/index.ts';
import { MachineDriver } from '../driver/machine-driver.ts';
import { describeStop } from '../run/describe/describe-unmet.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { specFor } from '../run/machine-spec.ts';
import { UnmetWaitError } from '../scenario/unmet-wait.ts';

/** How far a kernel gets by itself: to where it waits, to its end, or it is busy for longer than anyone watches. */
export interface Trial {
  readonly kind: 'idle' | 'ended' | 'busy';
  readonly icount: number;
  readonly ending: string; // in words
  readonly screen: readonly string[]; // rows with text
}

const LIMIT = 20_000_000;

/** Boots an image until it first waits for something. Records nothing. */
export async function trialRun(boot: BootFiles): Promise<Trial> {
  const { symbols, symbolsName } = boot;
  const machine = new Machine(specFor(boot, [], []), boot.source, { engine: 'forms' });
  const driver = new MachineDriver({ machine, symbols, symbolsName, scenarioFile: 'the trial run' });
  try {
    await driver.runUntilIdle({ limit: LIMIT });
  } catch (error) {
    if (!(error instanceof UnmetWaitError)) throw error;
    const { ending, icount, screen } = error.wait;
    const kind = ending.kind === 'instruction-limit' ? 'busy' : 'ended';
    return { kind, icount, screen, ending: describeStop(ending) };
  }
  const screen = driver.screenText().filter((row) => row !== '');
  return { kind: 'idle', icount: machine.icount, screen, ending: 'the guest waits for an interrupt' };
}
