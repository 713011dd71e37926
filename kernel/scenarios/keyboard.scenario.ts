import { defineScenario } from 'gilt';

export default defineScenario({
  description: 'Keys are pressed and released: each scan code prints vector 33 and the ticks go on.',
  machine: { instructionLimit: 10_000_000 },
  run: async (driver) => {
    await driver.runUntilText('processes are ready');
    await driver.runTicks(5);
    driver.step('press one key: a make and a break code');
    driver.press('a');
    await driver.runTicks(2);
    driver.screenshot('one-key');
    driver.checkpoint('one-key');
    driver.step('press an arrow key, whose codes have a prefix');
    driver.press({ key: 'Up' });
    await driver.runTicks(2);
    driver.screenshot('arrow-key');
    driver.checkpoint('arrow-key');
  },
});
