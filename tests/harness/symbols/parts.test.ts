import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressIndex, flatten } from '../../../harness/symbols/address-index.ts';
import { ByteReader } from '../../../harness/symbols/byte-reader.ts';
import { sourcePath } from '../../../harness/symbols/dwarf/source-path.ts';
import { nearestNames } from '../../../harness/symbols/nearest-names.ts';

function readerOf(bytes: readonly number[]): ByteReader {
  return new ByteReader({ fileName: 'a.elf', place: '.debug_info', bytes: Uint8Array.from(bytes) });
}

describe('LEB128', () => {
  test('the examples of DWARF 5, 7.6', () => {
    expect(readerOf([0x80, 0x01]).uleb128()).toBe(128);
    expect(readerOf([0xb9, 0x64]).uleb128()).toBe(12857);
    expect(readerOf([0x7e]).sleb128()).toBe(-2);
    expect(readerOf([0xff, 0x00]).sleb128()).toBe(127);
    expect(readerOf([0x81, 0x7f]).sleb128()).toBe(-127);
    expect(readerOf([0x80, 0x7f]).sleb128()).toBe(-128);
    expect(readerOf([0xff, 0x7e]).sleb128()).toBe(-129);
  });

  test('padded numbers keep their value', () => {
    expect(readerOf([0x85, 0x80, 0x80, 0x00]).uleb128()).toBe(5);
    expect(readerOf([0xfe, 0xff, 0xff, 0x7f]).sleb128()).toBe(-2);
  });

  test('a number without an end is refused', () => {
    expect(() => readerOf(new Array(40).fill(0x80)).uleb128()).toThrow('.debug_info+0x0: LEB128 number without an end');
    expect(() => readerOf([0x80]).sleb128()).toThrow('a.elf: .debug_info+0x1: 1 bytes wanted, 0 left');
  });
});

describe('AddressIndex', () => {
  const ranges = fc.array(fc.record({ start: fc.nat(60), size: fc.nat(20) }), { maxLength: 12 });

  test('each address goes to the range that starts last, then the shortest, then the first', () => {
    fc.assert(
      fc.property(ranges, (made) => {
        const list = made.map(({ start, size }, owner) => ({ start, end: start + size, owner }));
        const index = new AddressIndex(flatten(list));
        for (let linear = 0; linear < 90; linear++) {
          const around = list.filter(({ start, end }) => start <= linear && linear < end);
          around.sort((a, b) => b.start - a.start || a.end - b.end || a.owner - b.owner);
          expect(index.find(linear)).toBe(around[0]?.owner);
        }
      }),
    );
  });

  test('the last byte below 4 GiB can be owned', () => {
    const index = new AddressIndex(flatten([{ start: 0xfffff000, end: 2 ** 32, owner: 7 }]));
    expect(index.find(-1)).toBe(7);
    expect(index.find(0xffffefff)).toBeUndefined();
    expect(index.find(0)).toBeUndefined();
  });
});

describe('sourcePath', () => {
  test.each([
    ['heap.c', 'src', '/home/a/kernel', 'src/heap.c'],
    ['heap.c', '/home/a/kernel/src', '/home/a/kernel', 'src/heap.c'],
    ['/home/a/kernel/src/heap.c', '', '/home/a/kernel/', 'src/heap.c'],
    ['./src//heap.c', '', '.', 'src/heap.c'],
    ['list.h', 'src/../include', '/k', 'include/list.h'],
    ['list.h', '../include', '/k', '../include/list.h'],
    ['list.h', '/usr/include', '/k', '/usr/include/list.h'],
    ['heap.c', '/kernel2', '/kernel', '/kernel2/heap.c'],
    ['heap.c', '', '', 'heap.c'],
  ])('%s in %j below %j is %s', (name, directory, compilationDirectory, path) => {
    expect(sourcePath(name, directory, compilationDirectory)).toBe(path);
  });
});

describe('nearestNames', () => {
  const names = ['kalloc', 'kfree', 'kalloc_page', 'scheduler', 'process_create', 'process_init'];

  test('swapped, missing, added and replaced letters are each one edit', () => {
    for (const wanted of ['klaloc', 'kaloc', 'kallocc', 'kallok', 'KALLOC']) {
      expect(nearestNames(wanted, names)).toEqual(['kalloc']);
    }
  });

  test('at most 3, the nearest first, equal ones by name', () => {
    expect(nearestNames('abcdef', ['abcdez', 'abcdey', 'abcdex', 'abcdef2', 'abcdefg', 'abcdef'])).toEqual([
      'abcdef',
      'abcdef2',
      'abcdefg',
    ]);
  });

  test('what is too far away is not named', () => {
    expect(nearestNames('kzzzoc', names)).toEqual([]);
    expect(nearestNames('x'.repeat(10_000), names)).toEqual([]);
  });
});
