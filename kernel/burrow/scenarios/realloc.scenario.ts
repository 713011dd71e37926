import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'A block shrinks, grows in place, and moves with all its bytes.',
  machine: { instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    await type(driver, 'alloc 200', 'alloc 50');
    driver.step('shrink: the tail becomes free');
    await type(driver, 'realloc 0 120', 'mem');
    driver.checkpoint('shrunk');
    await type(driver, 'alloc 60', 'free 2');
    driver.step('grow into the tail again, all of it and then part of it');
    await type(driver, 'realloc 0 200', 'realloc 0 100', 'realloc 0 140', 'mem', 'check');
    driver.checkpoint('grown');
    driver.screenshot('grown');
    driver.step('grow beyond the neighbour: the block moves');
    await type(driver, 'realloc 0 400', 'check', 'blocks', 'mem');
    driver.checkpoint('moved');
    driver.screenshot('moved');
    driver.step('the place it left is used again; growing without room fails and keeps the bytes');
    await type(driver, 'alloc 150', 'realloc 1 200000', 'realloc 1 60', 'check', 'mem');
    driver.checkpoint('kept');
    driver.step('called directly: nothing to grow, and nothing left');
    const block = await driver.call('brealloc', 0, 24);
    if (block.kind === 'returned') await driver.call('brealloc', block.eax, 0);
    await type(driver, 'free 0', 'free 1', 'free 2', 'mem');
    driver.checkpoint('all-freed');
    driver.screenshot('all-freed');
  },
});
