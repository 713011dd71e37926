import { defineScenario } from 'gilt';

const FIRST_UNMAPPED = 0xc00000; // paging_init maps the first 12 MiB

export default defineScenario({
  description: 'The kernel reads the first byte beyond what it has mapped: a page fault, vector 14, ends it.',
  machine: { instructionLimit: 5_000_000 },
  run: async (driver) => {
    await driver.runUntilText('processes are ready');
    driver.checkpoint('booted');
    driver.step('read the last mapped word');
    await driver.call('peek', FIRST_UNMAPPED - 4);
    driver.step('read the first word beyond 12 MiB');
    await driver.call('peek', FIRST_UNMAPPED);
    driver.screenshot('page-fault');
  },
});
