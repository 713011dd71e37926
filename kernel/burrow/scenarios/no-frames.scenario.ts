import { defineScenario } from 'gilt';
import { bootToPrompt, type } from './shell.ts';

const FRAMES = 256; // frames.h

export default defineScenario({
  description: 'All frames are taken: no page comes, no task starts; one frame given back is found again.',
  machine: { instructionLimit: 60_000_000 },
  run: async (driver) => {
    await bootToPrompt(driver);
    let last = 0;
    for (let taken = 0; taken < FRAMES; taken++) {
      const frame = await driver.call('frame_alloc');
      if (frame.kind !== 'returned' || frame.eax === 0) break;
      last = frame.eax;
    }
    driver.checkpoint('all-taken');
    await type(driver, 'touch 40000000', 'spawn digger', 'spawn user', 'mem');
    driver.screenshot('all-taken');
    driver.step('one frame is too few for a page and its table');
    await driver.call('frame_free', last);
    await type(driver, 'touch 40000000', 'spawn digger', 'mem');
    driver.checkpoint('one-left');
    driver.screenshot('one-left');
  },
});
