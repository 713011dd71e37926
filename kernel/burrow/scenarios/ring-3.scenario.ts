import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'Two tasks run one program in ring 3, each with pages and a stack of its own.',
  machine: { instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    await type(driver, 'spawn user', 'ps');
    driver.screenshot('one-asleep');
    driver.step('another, while a task spins');
    await type(driver, 'spawn sentry', 'spawn user', 'ps');
    driver.checkpoint('two-programs');
    await driver.runTicks(12);
    await type(driver, 'mem');
    await driver.runTicks(4);
    driver.checkpoint('both-ended');
    driver.screenshot('both-ended');
  },
});
