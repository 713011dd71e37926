import { defineScenario } from 'gilt';

export default defineScenario({
  description: 'Two hundred ticks with a key every fifth: the screen fills and scrolls.',
  machine: { instructionLimit: 60_000_000 },
  run: async (driver) => {
    await driver.runUntilText('processes are ready');
    for (let keys = 1; keys <= 40; keys++) {
      driver.press('x');
      await driver.runTicks(5);
      if (keys % 10 !== 0) continue;
      driver.checkpoint(`after-${keys}-keys`);
      driver.screenshot(`after-${keys}-keys`);
    }
  },
});
