import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { type EngineName, Machine, renderScreen } from '../../../emulator/index.ts';

const GUESTS = new URL('../../guests/video/', import.meta.url);
const LIMIT = 30_000_000;

const MODE_AT = 509; // in modes.bin

function screenOf(name: string, engine: EngineName, mode?: number) {
  const disk = new Uint8Array(readFileSync(new URL(`${name}.bin`, GUESTS)));
  if (mode !== undefined) disk[MODE_AT] = mode;
  const machine = new Machine({}, { disk }, { engine });
  expect(machine.run({ until: LIMIT })).toEqual({ kind: 'halted' });
  return renderScreen(machine.look());
}

/** Where two pictures differ: how many pixels, and the first few with both colours. */
function differences(actual: ReturnType<typeof screenOf>, name: string): readonly string[] {
  const { width, height, data } = decode(readFileSync(new URL(`${name}.png`, GUESTS)));
  if (actual.width !== width || actual.height !== height) {
    return [`${actual.width}x${actual.height}, QEMU ${width}x${height}`];
  }
  const found: string[] = [];
  const isSame = (pixel: number): boolean => [0, 1, 2].every((i) => actual.rgba[pixel * 4 + i] === data[pixel * 3 + i]);
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (isSame(pixel)) continue;
    const ours = [0, 1, 2].map((i) => actual.rgba[pixel * 4 + i]).join();
    const theirs = [0, 1, 2].map((i) => data[pixel * 3 + i]).join();
    found.push(`${pixel % width},${Math.floor(pixel / width)}: ${ours}, QEMU ${theirs}`);
  }
  return found.length === 0 ? [] : [`${found.length} differ`, ...found.slice(0, 5), ...found.slice(-2)];
}

// The pictures are QEMU's: see tests/guests/video/README.md.
describe('the screen equals what QEMU shows, pixel for pixel', () => {
  test.each([
    ['13h', 'blocks'],
    ['12h', 'forms'],
    ['x', 'blocks'],
    ['text', 'forms'],
    ['cga', 'forms'],
    ['vbe', 'blocks'],
    ['banks', 'blocks'],
  ] as const)('%s', (name, engine) => {
    expect(differences(screenOf(name, engine), name)).toEqual([]);
  });

  test.each(['01', '05', '06', '0d', '0e', '0f', '10', '11', '6a'])('mode %sh of the BIOS', (mode) => {
    expect(differences(screenOf('modes', 'forms', Number.parseInt(mode, 16)), `modes-${mode}`)).toEqual([]);
  });
});
