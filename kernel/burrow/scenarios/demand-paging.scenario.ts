import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'Pages come zeroed with the first access, go, come again, become read-only, and are refused elsewhere.',
  machine: { ramFill: { kind: 'pattern', seed: 14 }, instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    driver.step('first and second access to one page, then to its neighbour and the last page of the arena');
    await type(driver, 'touch 40000000', 'touch 40000000', 'touch 40001ffc', 'touch 400ff000', 'ps');
    driver.checkpoint('three-pages');
    driver.screenshot('three-pages');
    driver.step('a page that was unmapped comes back zeroed');
    await type(driver, 'touch 40000000', 'unmap 40000000', 'mem', 'touch 40000000', 'unmap 40002000', 'mem');
    driver.checkpoint('mapped-again');
    driver.step('a read-only page can be read and not written');
    await type(driver, 'protect 40001000', 'touch 40001ffc', 'peek 1 40001ffc', 'protect 40003000');
    driver.checkpoint('read-only');
    driver.screenshot('read-only');
    driver.step('both at once: a page is written, unmapped, comes again and becomes read-only in one turn');
    await type(driver, 'renew 40004000', 'renew 40004000');
    driver.step('page 0, the end of the arena and the end of the kernel belong to nobody');
    await type(driver, 'touch 0', 'touch 40100000', 'touch 800000', 'touch 7ffffc', 'unmap 1000');
    driver.checkpoint('refused');
    driver.screenshot('refused');
    driver.step('the idle task has no arena until it is looked into; the shell keeps its own');
    await type(driver, 'peek 0 40000000', 'touch 40000000', 'ps');
    driver.checkpoint('two-arenas');
    driver.screenshot('two-arenas');
    driver.step('a task that begins now has an empty arena, and leaves that of the idle task alone when it ends');
    await type(driver, 'spawn digger');
    await driver.runTicks(8);
    await type(driver, 'peek 0 40000000', 'mem');
    driver.checkpoint('third-arena-gone');
    driver.screenshot('third-arena-gone');
  },
});
