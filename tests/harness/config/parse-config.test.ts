import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../harness/config/parse-config.ts';

const parse = (value: unknown) => parseConfig('gilt.config.ts', value);

test('a config needs no more than an image', () => {
  expect(parse({ image: 'kernel.img' })).toEqual({ image: 'kernel.img' });
});

test('a full config comes out as it went in', () => {
  const config = {
    image: 'kernel.img',
    symbols: 'kernel.elf',
    build: 'make',
    scenarios: 'runs',
    golden: 'blessed',
    allocators: [
      { name: 'kalloc', args: 1, size: 0 },
      { name: 'kfree', args: 1, kind: 'free' },
      { name: 'frame_alloc', args: 0, kind: 'frames', frameBytes: 4096, failure: 0xffff_ffff, region: 'frames' },
      { name: 'kcalloc', args: 3, kind: 'calloc', convention: 'regparm3', count: 1, size: 2, mustFree: true },
    ],
    regions: [
      { name: 'heap', start: 0x100000, end: 'heap_end' },
      { name: 'frames', start: { symbol: '_end', offset: 1, align: 4096 }, end: 0x40_0000 },
    ],
    machine: {
      memoryBytes: 4 * 1024 * 1024,
      ramFill: { kind: 'pattern', seed: 7 },
      instructionsPerPitClock: 1,
      date: { year: 2000, month: 2, day: 29, hour: 23, minute: 59, second: 58 },
      clock: 'instructions',
      busyLimit: 50_000,
      instructionLimit: 1000,
      isStrict: true,
    },
    levels: { memory: 'state', screen: 'exact' },
  };
  expect(parse(config)).toEqual(config);
});

describe('what is wrong in a config is named with the file, the field and what is allowed', () => {
  const image = 'kernel.img';
  test.each([
    [undefined, 'gilt.config.ts: is missing; it must be an object'],
    [[], 'gilt.config.ts: is a list; it must be an object'],
    [{}, 'gilt.config.ts: image: is missing; it must be the path of a disk image'],
    [{ image: 7 }, 'gilt.config.ts: image: is 7; it must be the path of a disk image'],
    [{ imgae: image }, 'gilt.config.ts: imgae: no such field; did you mean image?'],
    [{ image, build: ['make'] }, 'gilt.config.ts: build: is a list; it must be a shell command that builds the image'],
    [{ image, allocators: 'kalloc' }, 'gilt.config.ts: allocators: is "kalloc"; it must be a list'],
    [
      { image, allocators: [{ name: 'kalloc', args: 9 }] },
      'allocators[0].args: is 9; it must be an integer from 0 to 8',
    ],
    [
      { image, allocators: [{ name: 'k', args: 2, size: 2 }] },
      'allocators[0].size: is 2; it must be an integer from 0 to 1',
    ],
    [{ image, allocators: [{ name: 'k', args: 1, kind: 'f' }] }, `kind: is "f"; it must be 'alloc' or 'calloc' or`],
    [
      { image, allocators: [{ name: 'k', args: 1, kind: 'realloc' }] },
      `args: is 1; it must be at least 2 for kind 'realloc'`,
    ],
    [{ image, allocators: [{ name: 'k', args: 0, kind: 'frames', count: 0 }] }, 'count: is 0; it must be absent'],
    [{ image, allocators: [{ name: 'k', args: 1, convention: 'fastcall' }] }, `it must be 'cdecl' or 'regparm3'`],
    [
      {
        image,
        allocators: [
          { name: 'k', args: 1 },
          { name: 'k', args: 1 },
        ],
      },
      'allocators[1].name: is "k"; it must be the name of a function that is not in the list yet',
    ],
    [{ image, regions: [{ name: 'heap', start: { symbol: '_end', algin: 4 }, end: 2 }] }, 'did you mean align?'],
    [
      { image, regions: [{ name: 'heap', start: -1, end: 2 }] },
      'regions[0].start: is -1; it must be an integer from 0',
    ],
    [{ image, machine: { clock: 'wall' } }, `machine.clock: is "wall"; it must be 'instructions' or 'idle'`],
    [{ image, machine: { busyLimit: 0 } }, 'machine.busyLimit: is 0; it must be an integer from 1'],
    [{ image, machine: { memoryBytes: 1 } }, 'machine.memoryBytes: is 1; it must be an integer from 1048576'],
    [
      { image, machine: { ramFill: { kind: 'byte', value: 256 } } },
      'machine.ramFill.value: is 256; it must be an integer',
    ],
    [{ image, machine: { ramFill: { kind: 'ones' } } }, `machine.ramFill.kind: is "ones"; it must be 'zero' or 'byte'`],
    [{ image, machine: { isStrict: 1 } }, 'machine.isStrict: is 1; it must be true or false'],
    [{ image, machine: { probes: [] } }, 'machine.probes: no such field'],
    [{ image, levels: { memroy: 'off' } }, 'levels.memroy: no such field; did you mean memory?'],
    [
      { image, levels: { memory: 'strict' } },
      `levels.memory: is "strict"; it must be 'exact' or 'behaviour' or 'state'`,
    ],
  ])('%j', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });
});

test('a field that Object.prototype has is not taken for one of the config', () => {
  expect(() => parse({ image: 'kernel.img', toString: 1 })).toThrow('toString: no such field');
  expect(parse(JSON.parse('{ "image": "kernel.img" }'))).toEqual({ image: 'kernel.img' });
});
