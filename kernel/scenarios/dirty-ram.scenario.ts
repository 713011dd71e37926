import { defineScenario } from 'gilt';

export default defineScenario({
  description: 'Boots with RAM full of a pattern: real memory is not zero, and nothing may rely on it.',
  machine: { ramFill: { kind: 'pattern', seed: 539 }, instructionLimit: 10_000_000 },
  run: async (driver) => {
    await driver.runUntilText('processes are ready');
    driver.checkpoint('booted');
    driver.screenshot('booted');
    await driver.runTicks(8);
    driver.checkpoint('eight-ticks');
    driver.screenshot('eight-ticks');
  },
});
