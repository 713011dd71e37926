import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { Machine, renderScreen } from '../../emulator/index.ts';

const IMAGE = new URL('../../kernel/build/539kernel.img', import.meta.url);
const QEMU_PICTURE = new URL('./fixtures/539kernel-qemu.png', import.meta.url);

const ICOUNT_AT_REST = 6_000_000; // some twenty ticks: all four processes have printed their names

// The fixture was taken by qemu-screendump.mjs beside this file.
test("the booted kernel's screen equals QEMU's screendump pixel for pixel", () => {
  const machine = new Machine({}, { disk: new Uint8Array(readFileSync(IMAGE)) }, { engine: 'forms' });
  machine.run({ until: ICOUNT_AT_REST });
  const actual = renderScreen(machine.screen());
  const expected = decode(readFileSync(QEMU_PICTURE));
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  const differing: string[] = [];
  for (let pixel = 0; pixel < actual.width * actual.height; pixel++) {
    const ours = actual.rgba.subarray(pixel * 4, pixel * 4 + 3).join(' ');
    const theirs = expected.data.subarray(pixel * 3, pixel * 3 + 3).join(' ');
    if (ours !== theirs)
      differing.push(`${pixel % actual.width},${Math.floor(pixel / actual.width)}: ${ours}, QEMU ${theirs}`);
  }
  expect(differing.slice(0, 5)).toEqual([]);
});
