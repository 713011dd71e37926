import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'Tasks take turns, sleep, have arenas of their own, and give everything back when they end.',
  machine: { ramFill: { kind: 'pattern', seed: 11 }, instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    driver.step('two diggers and a ticker at once');
    await type(driver, 'spawn digger', 'spawn digger', 'spawn ticker');
    driver.checkpoint('at-work');
    driver.screenshot('at-work');
    await type(driver, 'peek 2 40001000', 'peek 3 40000000', 'ps');
    await driver.runTicks(8);
    driver.checkpoint('all-ended');
    driver.screenshot('all-ended');
    driver.step('a task that never gives up the processor, and one that writes where nothing is mapped');
    await type(driver, 'spawn sentry', 'spawn stray', 'ps');
    await driver.runTicks(8);
    driver.checkpoint('sentry');
    driver.screenshot('sentry');
    driver.step('the shell gets its turns beside it, sleeps, and ends it');
    await type(driver, 'sleep 3');
    await driver.runTicks(6);
    await type(driver, 'kill 5', 'kill 1', 'kill 77');
    await driver.runTicks(6);
    await type(driver, 'ps', 'mem');
    driver.checkpoint('killed');
    driver.screenshot('killed');
  },
});
