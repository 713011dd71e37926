import { defineScenario } from 'gilt';

export default defineScenario({
  description: 'Twenty timer ticks: each of the four processes gets the processor five times.',
  machine: { instructionLimit: 10_000_000 },
  run: async (driver) => {
    await driver.runUntilText('processes are ready');
    driver.step('one tick starts the first process');
    await driver.runTicks(2);
    driver.screenshot('first-process');
    driver.checkpoint('first-process');
    driver.step('by now every process has run');
    await driver.runTicks(4);
    driver.screenshot('all-processes');
    driver.step('the rest only switches');
    await driver.runTicks(14);
    driver.checkpoint('twenty-ticks');
    driver.screenshot('twenty-ticks');
  },
});
