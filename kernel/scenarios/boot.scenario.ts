import { defineScenario } from 'gilt';

export default defineScenario({
  description: 'From the boot sector to the moment before the first timer tick.',
  machine: { instructionLimit: 5_000_000 },
  run: async (driver) => {
    driver.step('boot until the kernel says that its processes are ready');
    await driver.runUntilCall('paging_init');
    driver.checkpoint('before-paging');
    await driver.runUntilCall('process_init');
    driver.checkpoint('paging-on');
    driver.screenshot('paging-on');
    await driver.runUntilText('processes are ready');
    driver.checkpoint('booted');
    driver.screenshot('booted');
  },
});
