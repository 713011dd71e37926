import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description:
    'A long session: typing errors, shifted keys, full rows, scrolling, and blocks and tasks that come and go.',
  machine: { ramFill: { kind: 'byte', value: 0xa5 }, instructionLimit: 200_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    driver.step('backspace, capitals, a line that is too long, an empty one, and nonsense');
    await type(driver, 'hlp\b\belp', 'log "Mixed_Case" (1+1)', 'log x', '', 'nonsense', '\b\bps');
    driver.press('log 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n');
    await driver.runTicks(2);
    driver.press({ key: 'Up' }, { key: 'F1' }, 'm', { key: 'Escape' }, 'em\n');
    await driver.runTicks(2);
    driver.checkpoint('typed');
    driver.screenshot('typed');
    for (let round = 1; round <= 6; round++) {
      driver.step(`round ${round}`);
      await type(driver, `alloc ${round * 37}`, `calloc ${round} 24`, 'spawn digger', `realloc 0 ${round * 61}`);
      await type(driver, `touch 4000${round}000`, 'spawn user', 'check', `free ${round}`, 'mem');
      await driver.runTicks(6);
      driver.checkpoint(`round-${round}`);
      driver.screenshot(`round-${round}`);
    }
    driver.step('while a command is being typed, a task speaks up');
    driver.press('spawn ticker\n');
    await driver.runTicks(2);
    driver.press('bloc');
    await driver.runTicks(8);
    driver.screenshot('interrupted-line');
    await type(driver, 'ks', 'ps', 'mem');
    driver.checkpoint('rested');
    driver.screenshot('rested');
  },
});
