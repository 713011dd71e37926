import { describe, expect, test } from 'vitest';
import { loadSymbols, type Symbols, type TypeNode } from '../../../harness/symbols/index.ts';
import { FIXTURES, fixtureBytes } from './fixture.ts';
import { text, tinyElf, u16, u32, withLength } from './tiny-elf.ts';

const WITH_TYPES = FIXTURES.filter((name) => name !== 'nasm-dwarf');

function load(name: string): Symbols {
  return loadSymbols(fixtureBytes(name), `${name}.elf`);
}

/** A type in one line, pointers not followed. */
function layout(type: TypeNode | undefined): string {
  switch (type?.kind) {
    case 'base':
      return `${type.encoding}${type.sizeBytes}`;
    case 'array':
      return `${layout(type.element)}[${type.count}]`;
    case 'pointer':
      return `*${type.target.kind} ${type.target.name}`.trimEnd();
    case 'enum':
      return `enum ${type.name}${type.sizeBytes}`;
    case 'struct':
    case 'union':
      return `${type.kind} ${type.name}${type.sizeBytes}`;
    default:
      return `${type?.kind} ${type?.name}`;
  }
}

describe.each(WITH_TYPES)('%s', (name) => {
  const symbols = load(name);

  test('a variable has the size its symbol states', () => {
    for (const { name: variable, sizeBytes, kind } of symbols.objects()) {
      if (kind === 'object')
        expect(`${variable} ${symbols.typeOf(variable)?.sizeBytes}`).toBe(`${variable} ${sizeBytes}`);
    }
  });

  test('base types, pointers and arrays of arrays are told apart', () => {
    expect(layout(symbols.typeOf('ticks'))).toBe('unsigned8');
    expect(layout(symbols.typeOf('isOpen'))).toBe('boolean1');
    expect(layout(symbols.typeOf('cursor'))).toBe('*opaque void');
    expect(layout(symbols.typeOf('grid'))).toBe('unsigned4[4][2]');
    expect(layout(symbols.typeOf('seal'))).toBe('unsigned1[5]');
  });

  test('a struct has its members at their offsets, bit fields by bit', () => {
    const library = symbols.typeOf('library');
    const book = library?.kind === 'array' ? library.element : undefined;
    const members = book?.kind === 'struct' ? book.members : [];
    const lines = members.map(({ name: member, offsetBytes, type, bits }) => {
      const bitField = bits === undefined ? '' : ` bits ${bits.first}+${bits.count}`;
      return `${offsetBytes} ${member}: ${layout(type)}${bitField}`;
    });
    expect(lines).toEqual([
      '0 title: signed1[12]',
      '12 genre: enum genre4',
      '16 size: struct extent4',
      '20 isLent: unsigned4 bits 0+1',
      '20 readers: unsigned4 bits 1+5',
      '24 code: union 4',
      '28 next: *struct book',
      '32 home: *opaque shelf',
      '36 rate: *function',
    ]);
  });

  test('a type that leads back to itself is one circular node', () => {
    const library = symbols.typeOf('library');
    const book = library?.kind === 'array' ? library.element : undefined;
    const next = book?.kind === 'struct' ? book.members.find((member) => member.name === 'next')?.type : undefined;
    expect(next?.kind === 'pointer' && next.target === book).toBe(true);
  });

  test('enumerators keep their values, negative ones too', () => {
    const library = symbols.typeOf('library');
    const book = library?.kind === 'array' ? library.element : undefined;
    const genre = book?.kind === 'struct' ? book.members[1].type : undefined;
    expect(genre?.kind === 'enum' ? genre.values : []).toEqual([
      { name: 'NOVEL', value: 0 },
      { name: 'ATLAS', value: 5 },
      { name: 'DIARY', value: -2 },
    ]);
  });
});

test('a static variable in a function is found by its symbol, though DWARF calls it otherwise', () => {
  expect(layout(load('dwarf5-o0').typeOf('calls.0'))).toBe('signed4');
});

test('what is no variable has no type', () => {
  expect(load('dwarf5-o0').typeOf('count')).toBeUndefined();
  expect(load('dwarf5-o0').typeOf('nothing')).toBeUndefined();
});

/** As clang writes DWARF 5: strings and addresses by index, relative to bases that the unit states. */
const INDEXED = (() => {
  const abbreviations = [
    [1, 0x11, 1, 0x72, 0x17, 0x73, 0x17, 0x03, 0x25, 0, 0],
    [2, 0x34, 0, 0x03, 0x1a, 0x49, 0x13, 0x02, 0x18, 0, 0],
    [3, 0x24, 0, 0x03, 0x26, 0x0b, 0x21, 2, 0x3e, 0x0b, 0, 0],
    [4, 0x2e, 0, 0x03, 0x25, 0x11, 0x1b, 0x12, 0x06, 0x55, 0x23, 0x52, 0x1e, 0, 0],
    [0],
  ].flat();
  const root = [1, ...u32(8), ...u32(8), 0];
  const type = 12 + root.length;
  const base = [3, ...u16(1), 7];
  const variable = [2, 2, ...u32(type), 2, 0xa1, 1];
  const subprogram = [4, 0, 0, ...u32(0x20), 5, ...new Array(16).fill(9)];
  const unit = [...u16(5), 1, 4, ...u32(0), ...root, ...base, ...variable, ...subprogram, 0];
  return tinyElf([
    { name: '.text', bytes: new Array(64).fill(0x90), flags: 6, start: 0x9000 },
    { name: '.debug_abbrev', bytes: abbreviations },
    { name: '.debug_info', bytes: withLength(unit) },
    { name: '.debug_str', bytes: [...text('work'), ...text('short'), ...text('level')] },
    { name: '.debug_str_offsets', bytes: withLength([...u16(5), ...u16(0), ...u32(0), ...u32(5), ...u32(11)]) },
    { name: '.debug_addr', bytes: withLength([...u16(5), 4, 0, ...u32(0x9004), ...u32(0xa000)]) },
  ]);
})();

test('indexed strings and addresses, implicit constants and 16-byte values of DWARF 5 are read', () => {
  const symbols = loadSymbols(INDEXED, 'indexed.elf');
  expect(symbols.typeOf('level')).toEqual({ kind: 'base', name: 'short', sizeBytes: 2, encoding: 'unsigned' });
  expect(symbols.describe(0x9006)).toBe('work+0x2');
  expect(symbols.functionAt(0x9024)).toBeUndefined();
});
