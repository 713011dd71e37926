import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

export default defineScenario({
  description: 'Blocks are split, freed and merged with either neighbour; RAM is full of a pattern.',
  machine: { ramFill: { kind: 'pattern', seed: 7 }, instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    driver.step('five blocks in a row, of sizes that need rounding');
    await type(driver, 'alloc 100', 'alloc 1', 'alloc 256', 'alloc 61', 'alloc 40');
    driver.checkpoint('five-blocks');
    driver.screenshot('five-blocks');
    driver.step('a hole, then one that merges with the hole below, then one that merges with that above');
    await type(driver, 'free 1', 'free 2', 'free 0', 'mem');
    driver.checkpoint('one-hole');
    driver.screenshot('one-hole');
    driver.step('the hole is used up by first fit: a part of each rest, and at last all of it');
    await type(driver, 'alloc 80', 'alloc 170', 'alloc 85', 'alloc 16', 'blocks');
    driver.checkpoint('hole-filled');
    driver.step('merge with both neighbours at once');
    await type(driver, 'free 0', 'free 2', 'free 5', 'free 1', 'mem', 'check');
    driver.checkpoint('merged');
    driver.screenshot('merged');
    driver.step('more than there is, and everything that is left');
    await type(driver, 'alloc 131072', 'alloc 130000', 'alloc 0', 'free 0');
    driver.step('zeroed memory where other bytes were');
    await type(driver, 'calloc 10 20', 'calloc 65536 65537', 'check', 'free 3', 'free 4', 'free 0', 'free 9', 'mem');
    driver.checkpoint('all-freed');
    driver.screenshot('all-freed');
  },
});
