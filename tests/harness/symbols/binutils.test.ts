import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../harness/symbols/byte-reader.ts';
import { DebugSections } from '../../../harness/symbols/dwarf/debug-sections.ts';
import { readLineHeader } from '../../../harness/symbols/dwarf/line-header.ts';
import { runLineProgram } from '../../../harness/symbols/dwarf/line-program.ts';
import { ElfFile } from '../../../harness/symbols/elf.ts';
import { loadSymbols } from '../../../harness/symbols/index.ts';
import { expectedOf, FIXTURES, fixtureBytes } from './fixture.ts';

/** The addr2line of binutils 2.40 doesn't read 64-bit DWARF; the rows of readelf cover this one. */
const WITHOUT_ADDR2LINE = 'dwarf5-64';
/** A DWARF 5 program begins in file 1 (DWARF 5, 6.2.2); this addr2line begins in file 0, unlike readelf. */
const BEGINS_IN_ANOTHER_FILE = { name: 'dwarf5-o0', file: 'include/shelf.h' };
/** Its symbol table lacks the static functions; addr2line gives them to the symbol before, gilt asks DWARF. */
const WITHOUT_LOCALS = 'higher-half';

interface Place {
  readonly linear: number;
  readonly functionName: string;
  readonly line: string;
}

function places(name: string): readonly Place[] {
  const { runs, textStart } = expectedOf(name);
  const all = runs.flatMap(([length, functionName, line]) => Array.from({ length }, () => ({ functionName, line })));
  return all.map((place, index) => ({ linear: textStart + index, ...place }));
}

function withoutInnerLabel(name: string): string {
  return name.startsWith('boot.') ? 'boot' : name.startsWith('halt.end') ? 'spin' : name;
}

describe.each(FIXTURES)('%s', (name) => {
  const symbols = loadSymbols(fixtureBytes(name), `${name}.elf`);

  test('every symbol of nm is found by its name, where nm says', () => {
    for (const [symbolName, start] of expectedOf(name).symbols) {
      const starts = expectedOf(name).symbols.filter((each) => each[0] === symbolName);
      const found = symbols.lookup(symbolName);
      expect(found?.name).toBe(symbolName);
      if (starts.length === 1) expect(found?.start).toBe(start);
    }
  });

  test('every function and object of nm is listed with its size', () => {
    const listed = new Set([...symbols.functions(), ...symbols.objects()].map((each) => `${each.name} ${each.start}`));
    const typed = expectedOf(name).symbols.filter(([, , , type]) => type === 'FUNC' || type === 'OBJECT');
    for (const [symbolName, start] of typed) expect(listed).toContain(`${symbolName} ${start}`);
    for (const [, start, sizeBytes, type] of typed.filter(([symbolName]) => !/^(message|stack)$/.test(symbolName))) {
      const found = type === 'FUNC' ? symbols.functionAt(start) : symbols.objectAt(start);
      expect(found).toMatchObject({ offset: 0, symbol: { sizeBytes } });
    }
  });

  test.runIf(name !== WITHOUT_LOCALS)('every byte of .text belongs to the function addr2line names', () => {
    for (const { linear, functionName } of places(name)) {
      const found = symbols.functionAt(linear);
      // addr2line gives the padding behind a function of known size to it.
      if (found !== undefined)
        expect(`${linear} ${found.symbol.name}`).toBe(`${linear} ${withoutInnerLabel(functionName)}`);
      else expect(symbols.functionAt(linear - 4)?.symbol.name ?? functionName).toBe(functionName);
    }
  });

  test.runIf(name !== WITHOUT_ADDR2LINE)('every byte of .text belongs to the line addr2line names', () => {
    for (const { linear, line } of places(name)) {
      const found = symbols.lineAt(linear);
      if (/[?]|:0$/.test(line)) expect(found).toBeUndefined();
      else {
        const isOtherFile = name === BEGINS_IN_ANOTHER_FILE.name && found?.file === BEGINS_IN_ANOTHER_FILE.file;
        const ending = isOtherFile ? `:${found.line}` : `/${found?.file}:${found?.line}`;
        expect(posix.normalize(line).endsWith(ending), `${linear} ${line}`).toBe(true);
      }
    }
  });

  test.runIf(name !== WITHOUT_ADDR2LINE)('inlined functions are those that addr2line names', () => {
    let linear = expectedOf(name).textStart;
    for (const [length, chain] of expectedOf(name).chains) {
      const inlined = chain.split('<').slice(0, -1);
      for (const end = linear + length; linear < end; linear++) expect(symbols.inlinedAt(linear)).toEqual(inlined);
    }
  });

  test('the rows of the line programs are those of readelf', () => {
    const sections = new DebugSections(new ElfFile(fixtureBytes(name), `${name}.elf`));
    const reader = new ByteReader(sections.source('.debug_line'));
    const rows: (readonly [number, number, string])[] = [];
    while (!reader.isAtEnd) {
      runLineProgram(readLineHeader(reader, sections), ({ linear, line, file, isEnd }) => {
        rows.push([linear, isEnd ? 0 : line, isEnd ? '' : (file?.name ?? '')]);
      });
    }
    const wanted = expectedOf(name).rows.map(([linear, line, file]) => [linear, line, line === 0 ? '' : file]);
    expect(
      rows.map(([linear, line, file]) => [linear, line, file === 'src/boot.asm' ? file : posix.basename(file)]),
    ).toEqual(wanted);
  });
});
