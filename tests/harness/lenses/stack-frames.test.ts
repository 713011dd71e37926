import { expect, test } from 'vitest';
import { newObject } from '../../../harness/lenses/memory/objects/raw-object.ts';
import { StackFrames } from '../../../harness/lenses/memory/stacks/stack-frames.ts';

function pageAt(start: number, kind: 'unnamed' | 'block' = 'unnamed') {
  const object = newObject({ kind, identity: `${start}`, label: '', symbol: '', start, end: start + 4096 });
  object.physicalPages.push(start / 4096);
  return object;
}

test('a page that was pushed to at another address is a stack, one that was filled and pushed to in place is not', () => {
  const frames = new StackFrames();
  frames.note(0xe000_0ff0, 0x13_7ff0);
  frames.note(0x13_8ff0, 0x13_8ff0);
  const [copied, own, block] = [pageAt(0x13_7000), pageAt(0x13_8000), pageAt(0x13_7000, 'block')];
  frames.mark([copied, own, block]);
  expect([copied, own, block].map(({ stackHigh }) => stackHigh)).toEqual([0x13_8000, 0, 0]);
});
