import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'From the boot sector to the prompt.',
  machine: { instructionLimit: 20_000_000 },
  run: async (driver) => {
    driver.step('boot until paging is about to come on');
    await driver.runUntilCall('paging_init');
    driver.checkpoint('before-paging');
    await driver.runUntilCall('tasks_init');
    driver.checkpoint('paging-on');
    driver.step('the shell runs and waits for input');
    await bootToPrompt(driver);
    driver.checkpoint('prompt');
    driver.screenshot('prompt');
    driver.step('help');
    await type(driver, 'help');
    driver.screenshot('help');
    driver.checkpoint('help');
  },
});
