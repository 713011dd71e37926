import { expect, test } from 'vitest';
import { PhysicalMemory } from '../../../emulator/memory/physical-memory.ts';

const PAGE = 4096;

test('each reader hears of every page written since it last asked, once, in order', () => {
  const memory = new PhysicalMemory(16 * PAGE);
  const first = memory.written.reader();
  memory.write8(9 * PAGE, 1);
  const second = memory.written.reader(); // made after that write
  memory.write(3 * PAGE - 1, 2, 0); // into pages 2 and 3
  memory.write8(2 * PAGE, 1);
  expect(first.take()).toEqual([2, 3, 9]);
  memory.write8(5 * PAGE, 1);
  expect(second.take()).toEqual([2, 3, 5]);
  expect(first.take()).toEqual([5]);
  expect([first.take(), second.take()]).toEqual([[], []]);
});
