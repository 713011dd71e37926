import { readFileSync } from 'node:fs';

/** What binutils said of a fixture: see fixtures/expect.py. */
export interface Expected {
  /** Name, linear address, size (0 for none), type, section. */
  readonly symbols: readonly (readonly [string, number, number, string, string])[];
  readonly textStart: number;
  /** Runs of bytes of .text: length, function, file:line. */
  readonly runs: readonly (readonly [number, string, string])[];
  /** Runs of bytes of .text: length, "innermost<outermost" with inlined functions. */
  readonly chains: readonly (readonly [number, string])[];
  /** Rows of the line table: linear address, line (0 ends a sequence), file. */
  readonly rows: readonly (readonly [number, number, string])[];
}

export const FIXTURES = [
  'dwarf2-o0',
  'dwarf4-o0',
  'dwarf4-o2',
  'dwarf5-o0',
  'dwarf5-o2',
  'dwarf5-64',
  'nasm-dwarf',
  'higher-half',
] as const;

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}.elf`, import.meta.url)));
}

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.expected.json`, import.meta.url), 'utf8'));
}
