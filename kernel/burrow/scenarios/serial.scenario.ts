import { defineScenario } from 'gilt';
import { bootToPrompt } from './shell.ts';

export default defineScenario({
  description: 'Commands come over COM1; everything that happens is logged there.',
  machine: { instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    for (const command of ['log hello, wire', 'alloc 32', 'touch 40000010', 'spawn stray', 'log  two  blanks', 'mem']) {
      driver.sendSerial(`${command}\r`);
      await driver.runTicks(3);
    }
    driver.checkpoint('logged');
    driver.screenshot('logged');
    driver.step('what is in use, freed twice');
    const block = await driver.call('bmalloc', 20);
    if (block.kind === 'returned') {
      await driver.call('bfree', block.eax);
      await driver.call('bfree', block.eax);
    }
    const frame = await driver.call('frame_alloc');
    if (frame.kind === 'returned') {
      await driver.call('frame_free', frame.eax);
      await driver.call('frame_free', frame.eax);
    }
    await driver.call('frame_free', 0);
    driver.checkpoint('freed-twice');
    driver.screenshot('freed-twice');
  },
});
