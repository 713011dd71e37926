import type { Driver } from 'gilt';

const TICKS_A_COMMAND = 2;

/** Boots to the prompt, and on to a tick: from here on everything happens between one tick and another. */
export async function bootToPrompt(driver: Driver): Promise<void> {
  await driver.runUntilCall('input_wait');
  await driver.runTicks(1);
}

/** Types commands, each after the one before was done. */
export async function type(driver: Driver, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    driver.press(`${command}\n`);
    await driver.runTicks(TICKS_A_COMMAND);
  }
}
