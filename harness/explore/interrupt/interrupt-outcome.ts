import type { Driver } from '../../driver/driver.ts';
import { describeStop } from '../../run/describe/describe-unmet.ts';
import { UnmetWaitError } from '../../scenario/unmet-wait.ts';
import { functionOf } from '../place-text.ts';

/** What became of one run. Runs with equal outcomes are one group. */
export interface InterruptOutcome {
  readonly ending: string; // in words, empty where the run came to its end
  readonly exceptions: readonly { readonly vector: number; readonly function: string; readonly place: string }[];
  readonly screen: readonly string[];
  readonly serial: string;
}

/** What was said and suffered before: the outcomes of a sweep tell what came after. */
export interface OutcomeStart {
  readonly exceptions: number;
  readonly serialBytes: number;
}

export function outcomeStart(driver: Driver): OutcomeStart {
  return { exceptions: driver.exceptions().length, serialBytes: driver.serialText().length };
}

/** Runs to the end and looks. `isTaken`: whether an IRQ of `irq` was taken on the way. */
export async function outcomeOf(
  driver: Driver,
  irq: number,
  start: OutcomeStart,
  toEnd: (driver: Driver) => Promise<unknown>,
): Promise<{ readonly outcome: InterruptOutcome; readonly isTaken: boolean }> {
  const taken = driver.interruptCount(irq);
  const ending = await endingOf(driver, toEnd);
  const exceptions = driver.exceptions().slice(start.exceptions);
  const outcome = {
    ending,
    exceptions: exceptions.map(({ vector, place }) => ({ vector, function: functionOf(place), place })),
    screen: driver.screenText(),
    serial: driver.serialText().slice(start.serialBytes),
  };
  return { outcome, isTaken: driver.interruptCount(irq) > taken };
}

/** What makes two outcomes the same: not the line of an exception, but its function. */
export function outcomeKey({ ending, exceptions, screen, serial }: InterruptOutcome): string {
  return JSON.stringify([ending, exceptions.map((each) => [each.vector, each.function]), screen, serial]);
}

async function endingOf(driver: Driver, toEnd: (driver: Driver) => Promise<unknown>): Promise<string> {
  try {
    await toEnd(driver);
    return '';
  } catch (error) {
    if (!(error instanceof UnmetWaitError)) throw error;
    const { ending, place } = error.wait;
    return ending.kind === 'instruction-limit'
      ? `the guest is still busy, in ${functionOf(place)}`
      : describeStop(ending);
  }
}
