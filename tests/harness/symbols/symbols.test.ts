import { describe, expect, test } from 'vitest';
import { loadSymbols, noSymbols } from '../../../harness/symbols/index.ts';
import { fixtureBytes } from './fixture.ts';

const c = loadSymbols(fixtureBytes('dwarf5-o0'), 'dwarf5-o0.elf');
const assembly = loadSymbols(fixtureBytes('nasm-dwarf'), 'nasm-dwarf.elf');
const higherHalf = loadSymbols(fixtureBytes('higher-half'), 'higher-half.elf');

describe('describe', () => {
  test('says function, offset and line', () => {
    expect(c.describe(0x9099)).toBe('rate+0x7 (src/library.c:11)');
    expect(c.describe(0x9092)).toBe('rate (src/library.c:9)');
  });

  test('says object and offset', () => {
    expect(c.describe(0x91c4)).toBe('library+0x4');
  });

  test('says what is in no symbol as a number of 8 digits', () => {
    expect(c.describe(0xb8000)).toBe('0x000b8000');
    expect(noSymbols.describe(0xfffffff0)).toBe('0xfffffff0');
  });

  test('takes signed numbers for the unsigned address with the same bits', () => {
    expect(higherHalf.describe(0xc0100010 | 0)).toBe('unused (src/main.c:10)');
    expect(c.describe(-1)).toBe('0xffffffff');
  });
});

describe('functionAt', () => {
  test('finds a static function that only DWARF knows', () => {
    expect(higherHalf.describe(0xc0100004)).toBe('rate+0x4 (src/main.c:6)');
  });

  test('counts a nasm local label as part of its function', () => {
    expect(assembly.functionAt(0x9007)).toMatchObject({
      offset: 7,
      symbol: { name: 'boot', kind: 'label', sizeBytes: 14 },
    });
    expect(assembly.lookup('boot.wait')).toMatchObject({ start: 0x9006, sizeBytes: 8 });
  });

  test('a label without a size ends at the next symbol', () => {
    expect(assembly.functionAt(0x9012)).toMatchObject({ offset: 1, symbol: { name: 'spin', sizeBytes: 2 } });
    expect(assembly.functionAt(0x9013)).toMatchObject({ offset: 0, symbol: { name: 'rate' } });
  });

  test('ends with the last function', () => {
    expect(c.functionAt(c.imageRange.end)).toBeUndefined();
  });
});

describe('objectAt', () => {
  test('a static nasm object reaches to the next symbol, as nasm states the size of one element', () => {
    expect(assembly.objectAt(0x9160 + 63)).toMatchObject({ offset: 63, symbol: { name: 'stack', sizeBytes: 64 } });
    expect(assembly.objectAt(0x9102)).toMatchObject({ offset: 2, symbol: { name: 'message', sizeBytes: 3 } });
  });

  test('the padding behind an object of known size is in no object', () => {
    expect(c.objectAt(0x9164)).toMatchObject({ offset: 4, symbol: { name: 'seal' } });
    expect(c.objectAt(0x9165)).toBeUndefined();
  });

  test('code is in no object, data in no function', () => {
    expect(c.objectAt(0x9099)).toBeUndefined();
    expect(c.functionAt(0x91c4)).toBeUndefined();
  });
});

test('a constant is found by name and is at no address', () => {
  expect(assembly.lookup('TICKS')).toEqual({
    name: 'TICKS',
    start: 18,
    sizeBytes: 0,
    isOpenEnded: true,
    kind: 'label',
  });
  expect(assembly.describe(18)).toBe('0x00000012');
});

test('of two static functions with one name lookup takes the first, by address each is found', () => {
  expect(c.lookup('rate')?.start).toBe(0x900a);
  expect(c.functionAt(0x9092)?.symbol.name).toBe('rate');
});

test('functions and objects are in the order of their addresses', () => {
  const starts = [...c.functions().map((each) => each.start), ...c.objects().map((each) => each.start)];
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});

test('imageRange spans the loaded sections', () => {
  expect(c.imageRange).toEqual({ start: 0x9000, end: 0x9240 });
  expect(noSymbols.imageRange).toEqual({ start: 0, end: 0 });
});

test('suggest names what was probably meant', () => {
  expect(c.suggest('cuont')).toEqual(['count']);
  expect(c.suggest('Librari')).toEqual(['library']);
  expect(c.suggest('nothing_like_it')).toEqual([]);
});
