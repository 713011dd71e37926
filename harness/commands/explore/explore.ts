import type { AddCommand } from '../command-line.ts';
import { addExploreAllocator } from './explore-allocator.ts';
import { addExploreInterrupt } from './explore-interrupt.ts';
import { addExploreRam } from './explore-ram.ts';

/** `gilt explore ...`: what happens to a kernel in many runs that differ a little. */
export const exploreCommand: AddCommand = (parser, start) =>
  parser.command('explore', 'try many variants of a run: allocator, interrupt, ram', (command) =>
    [addExploreAllocator, addExploreInterrupt, addExploreRam]
      .reduce((commands, add) => add(commands, start), command)
      .demandCommand(1, 'explore what? allocator, interrupt or ram')
      .strict(),
  );
