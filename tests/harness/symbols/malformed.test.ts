import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSymbols, type Symbols, SymbolsError } from '../../../harness/symbols/index.ts';
import { FIXTURES, fixtureBytes } from './fixture.ts';
import { text, tinyElf, u16, u32, withLength } from './tiny-elf.ts';

const ORIGINALS = FIXTURES.map(fixtureBytes);

/** Asks for everything, each part on its own, as one error must not hide the others. */
function askEverything(bytes: Uint8Array): void {
  let symbols: Symbols;
  try {
    symbols = loadSymbols(bytes, 'stranger.elf');
  } catch (error) {
    expect(error).toBeInstanceOf(SymbolsError);
    return;
  }
  const entries = [...symbols.functions(), ...symbols.objects()];
  const questions = [
    () => entries.slice(0, 20).map((entry) => symbols.describe(entry.start + 1)),
    () => entries.slice(0, 20).map((entry) => symbols.lineAt(entry.start)),
    () => entries.map((entry) => symbols.typeOf(entry.name)),
    () => symbols.suggest('count'),
  ];
  for (const question of questions) {
    try {
      question();
    } catch (error) {
      if (!(error instanceof SymbolsError)) throw error;
      expect(error.message).toMatch(/^stranger\.elf: .+\+0x[0-9a-f]+: ./s);
    }
  }
}

describe('whatever is done to a file, only SymbolsError comes out', () => {
  test('cut anywhere', () => {
    const cut = fc.record({ file: fc.constantFrom(...ORIGINALS), part: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(cut, ({ file, part }) => askEverything(file.subarray(0, Math.floor(file.length * part)))),
      {
        numRuns: 300,
      },
    );
  });

  test('with bytes replaced', () => {
    const interesting = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
    const edit = fc.tuple(fc.nat(20_000), interesting);
    const mutation = fc.record({
      file: fc.constantFrom(...ORIGINALS),
      edits: fc.array(edit, { minLength: 1, maxLength: 30 }),
    });
    fc.assert(
      fc.property(mutation, ({ file, edits }) => {
        const bytes = file.slice();
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        askEverything(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('with one 32-bit field replaced', () => {
    const values = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffef, 0xfffffffe, 0xffffffff);
    const mutation = fc.record({ file: fc.constantFrom(...ORIGINALS), at: fc.nat(20_000), value: values });
    fc.assert(
      fc.property(mutation, ({ file, at, value }) => {
        const bytes = file.slice();
        new DataView(bytes.buffer).setUint32(at % (bytes.length - 4), value, true);
        askEverything(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('of random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), askEverything));
  });
});

function withHeader(change: (header: DataView) => void): Uint8Array {
  const bytes = tinyElf([]);
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('another kind of file is refused by name', () => {
  test.each<[string, Uint8Array]>([
    ['a.elf: ELF header+0x0: not an ELF file', new Uint8Array([1, 2, 3])],
    ['a.elf: ELF header+0x0: not an ELF file', new Uint8Array(0)],
    ['a.elf: ELF header+0x4: not a 32-bit ELF file', withHeader((header) => header.setUint8(4, 2))],
    ['a.elf: ELF header+0x5: not a little-endian ELF file', withHeader((header) => header.setUint8(5, 2))],
    ['a.elf: ELF header+0x12: made for machine 62', withHeader((header) => header.setUint16(18, 62, true))],
    ['a.elf: ELF header+0x10: not linked', withHeader((header) => header.setUint16(16, 1, true))],
    ['a.elf: ELF header+0x0: 52 bytes wanted, 20 left', tinyElf([]).subarray(0, 20)],
    [
      'a.elf: section headers+0x0: needs the bytes up to 0x28',
      withHeader((header) => header.setUint32(32, 9999, true)),
    ],
  ])('%s', (message, bytes) => {
    expect(() => loadSymbols(bytes, 'a.elf')).toThrow(message);
  });
});

const TEXT = { name: '.text', bytes: new Array(16).fill(0x90), flags: 6, start: 0x1000 };

function lines(program: readonly number[], minimum = 1): Uint8Array {
  const header = [minimum, 1, 0xfb, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, ...text('a.c'), 0, 0, 0, 0];
  const unit = [...u16(3), ...u32(header.length), ...header, ...program];
  return tinyElf([TEXT, { name: '.debug_line', bytes: withLength(unit) }]);
}

const SET_ADDRESS = [0, 5, 2, ...u32(0x1000)];
const END = [0, 1, 1];

describe('line tables', () => {
  test.each<[string, readonly number[], number]>([
    ['the line program ends within a sequence', [...SET_ADDRESS, 1], 1],
    ['no file 9', [...SET_ADDRESS, 4, 9, 1, ...END], 1],
    ['line -1', [...SET_ADDRESS, 3, 0x7e, 1, ...END], 1],
    ['line beyond 4 GiB', [...SET_ADDRESS, 2, 0xff, 0xff, 0xff, 0x7f, 1, ...END], 200],
    ['address that has not 4 bytes', [0, 3, 2, 0, 0], 1],
    ['9 bytes wanted, 1 left', [0, 9, 1], 1],
  ])('are refused: %s', (message, program, minimum) => {
    const symbols = loadSymbols(lines(program, minimum), 'a.elf');
    expect(() => symbols.lineAt(0x1000)).toThrow(SymbolsError);
    expect(() => symbols.lineAt(0x1000)).toThrow(message);
    expect(() => symbols.lineAt(0x1000)).toThrow('a.elf: .debug_line+0x');
  });

  test('operations of later versions are skipped by their stated size', () => {
    const program = [0, 3, 0x80, 7, 7, ...SET_ADDRESS, 3, 5, 1, 2, 4, ...END];
    expect(loadSymbols(lines(program), 'a.elf').lineAt(0x1003)).toEqual({ file: 'a.c', line: 6 });
  });

  test('code that the linker dropped is not there', () => {
    const program = [0, 5, 2, ...u32(0), 1, 2, 4, ...END];
    expect(loadSymbols(lines(program), 'a.elf').lineAt(2)).toBeUndefined();
  });

  test('a huge count of entries without content is refused at once', () => {
    const header = [1, 1, 1, 0xfb, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const unit = [...u16(5), 4, 0, ...u32(header.length), ...header];
    const symbols = loadSymbols(tinyElf([TEXT, { name: '.debug_line', bytes: withLength(unit) }]), 'a.elf');
    expect(() => symbols.lineAt(0x1000)).toThrow('directory or file entries without content');
  });
});

/** A unit of DWARF 4 whose abbreviations are 1: compile unit, 2: struct, 3: member, 4: typedef, 5: variable, 6: pointer. */
function info(dies: readonly number[]): Symbols {
  const abbreviations = [
    [1, 0x11, 1, 0, 0],
    [2, 0x13, 1, 0x0b, 0x0b, 0, 0],
    [3, 0x0d, 0, 0x49, 0x13, 0, 0],
    [4, 0x16, 0, 0x49, 0x13, 0, 0],
    [5, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18, 0, 0],
    [6, 0x0f, 0, 0x49, 0x13, 0, 0],
    [0],
  ].flat();
  const unit = [...u16(4), ...u32(0), 4, 1, ...dies];
  const sections = [
    { name: '.debug_abbrev', bytes: abbreviations },
    { name: '.debug_info', bytes: withLength(unit) },
  ];
  return loadSymbols(tinyElf([TEXT, ...sections]), 'a.elf');
}

const FIRST = 12;
const variable = (type: number): readonly number[] => [5, ...text('v'), ...u32(type), 5, 3, ...u32(0x1000)];

describe('types', () => {
  test.each<[string, readonly number[]]>([
    ['types are nested too deep', [4, ...u32(FIRST), ...variable(FIRST), 0]],
    ['types are nested too deep', [2, 4, 3, ...u32(FIRST), 0, ...variable(FIRST), 0]],
    ['refers to 0x3, where no DIE begins', [...variable(3), 0]],
    ['no abbreviation 77', [77, 0]],
    ['the unit ends among the children of a DIE', [...variable(FIRST)]],
  ])('are refused: %s', (message, dies) => {
    expect(() => info(dies).typeOf('v')).toThrow(SymbolsError);
    expect(() => info(dies).typeOf('v')).toThrow(message);
    expect(() => info(dies).typeOf('v')).toThrow('a.elf: .debug_info+0x');
  });

  test('a pointer to itself is one node', () => {
    const type = info([6, ...u32(FIRST), ...variable(FIRST), 0]).typeOf('v');
    expect(type?.kind === 'pointer' && type.target === type).toBe(true);
  });

  test('a chain of 20,000 pointers does not exhaust the stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [6, ...u32(FIRST + 5 * (index + 1))]).flat();
    const end = FIRST + chain.length;
    expect(info([...chain, 2, 4, 0, ...variable(FIRST), 0]).typeOf('v')?.kind).toBe('pointer');
    expect(end).toBeGreaterThan(100_000);
  });
});

test('strings that overlap beyond reason are refused, not copied thousandfold', () => {
  const size = 20_000;
  const symbols = Array.from({ length: size }, (_, index) => [
    ...u32(index + 1),
    ...u32(0),
    ...u32(0),
    0,
    0,
    ...u16(1),
  ]);
  const bytes = tinyElf([
    TEXT,
    { name: '.symtab', bytes: symbols.flat(), type: 2, link: 3, entrySizeBytes: 16 },
    { name: '.strtab', bytes: [0, ...text('a'.repeat(size))] },
  ]);
  expect(() => loadSymbols(bytes, 'a.elf')).toThrow('a.elf: .strtab+0x9: too many strings overlap');
});

test('abbreviation tables that overlap are refused', () => {
  const unit = (offset: number): readonly number[] => withLength([...u16(4), ...u32(offset), 4, 1, 0]);
  const table = [...[1, 2, 3].flatMap((code) => [code, 0x11, 1, 0, 0]), 0];
  const bytes = tinyElf([
    TEXT,
    { name: '.debug_abbrev', bytes: table },
    { name: '.debug_info', bytes: [...unit(0), ...unit(5)] },
  ]);
  expect(() => loadSymbols(bytes, 'a.elf').typeOf('v')).toThrow(
    'a.elf: .debug_abbrev+0x5: abbreviation tables overlap',
  );
});

test('a compressed section says how to build without', () => {
  const bytes = tinyElf([TEXT, { name: '.debug_line', bytes: [1, 2, 3], flags: 0x800 }]);
  expect(() => loadSymbols(bytes, 'a.elf').lineAt(0x1000)).toThrow('a.elf: .debug_line+0x0: compressed section');
});

test('only the first symbol table counts, so that a thousand that share their bytes cost nothing', () => {
  const symbol = [...u32(1), ...u32(0x1000), ...u32(4), 2, 0, ...u16(1)];
  const table = { name: '.symtab', bytes: symbol, type: 2, link: 2, entrySizeBytes: 16 };
  const strings = { name: '.strtab', bytes: [0, ...text('work')] };
  const symbols = loadSymbols(tinyElf([TEXT, strings, table, table]), 'a.elf');
  expect(symbols.functions()).toEqual([
    { name: 'work', start: 0x1000, sizeBytes: 4, isOpenEnded: false, kind: 'function' },
  ]);
});

test('a section name with terminal escapes stays out of the message', () => {
  const strings = { name: '\u001b[2Jnames', bytes: [0x61] };
  const symbol = [...u32(1), ...u32(0x1000), ...u32(4), 2, 0, ...u16(1)];
  const table = { name: '.symtab', bytes: symbol, type: 2, link: 2, entrySizeBytes: 16 };
  expect(() => loadSymbols(tinyElf([TEXT, strings, table]), 'a.elf')).toThrow('a.elf: section 2+0x1: no string');
});

test('a section that runs beyond the end of the file is refused', () => {
  const line = { name: '.debug_line', bytes: [1, 2, 3] };
  const bytes = tinyElf([TEXT, line]);
  new DataView(bytes.buffer).setUint32(52 + 2 * 40 + 20, 5000, true);
  expect(() => loadSymbols(bytes, 'a.elf').lineAt(0x1000)).toThrow('a.elf: .debug_line+0x0: the section takes file');
});
