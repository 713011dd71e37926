import { disassemble, OperatingError } from '../../emulator/index.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import type { SymbolEntry, Symbols } from '../symbols/index.ts';
import { CodeBytes } from './code-bytes.ts';
import { type Instruction, instructionAt } from './instruction.ts';
import { type Change, changesOf, type MutationKind } from './operators.ts';

const NOP = 0x90;

/** A change of one instruction of a guest's function. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly function: string;
  readonly place: string; // "kalloc+0x1b (src/heap.c:12)"
  readonly linear: number;
  readonly original: Uint8Array;
  readonly mutated: Uint8Array;
  readonly before: string; // disassembled
  readonly after: string;
}

/**
 * Every mutation of the named functions, or of all that the symbol table calls functions, by address. Labels of
 * assembly code are mutated when named. Errors: OperatingError for a name without code, SymbolsError.
 */
export function mutationsOf(boot: BootFiles, names: readonly string[]): readonly Mutation[] {
  const { symbols, symbolsName } = boot;
  const elf = boot.files.find(({ role }) => role === 'symbols');
  if (elf === undefined || symbolsName === undefined) {
    throw new OperatingError('symbols', 'none are given: mutations are made in functions of the ELF');
  }
  const code = new CodeBytes(elf.bytes, symbolsName);
  const entries = names.length === 0 ? allFunctions(symbols) : names.map((name) => named(symbols, symbolsName, name));
  const inOrder = [...new Map(entries.map((entry) => [entry.start, entry])).values()].sort((a, b) => a.start - b.start);
  return inOrder.flatMap((entry) => mutationsIn(entry, code, symbols));
}

function allFunctions(symbols: Symbols): readonly SymbolEntry[] {
  return symbols.functions().filter(({ kind, sizeBytes }) => kind === 'function' && sizeBytes > 0);
}

function named(symbols: Symbols, symbolsName: string, name: string): SymbolEntry {
  const entry = symbols.lookup(name);
  if (entry !== undefined && entry.kind !== 'object') return entry;
  const near = symbols.suggest(name);
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  throw new OperatingError(symbolsName, `no function "${name}"${hint}`);
}

function mutationsIn(entry: SymbolEntry, code: CodeBytes, symbols: Symbols): readonly Mutation[] {
  const mutations: Mutation[] = [];
  const end = entry.start + entry.sizeBytes;
  for (let linear = entry.start; linear < end; ) {
    const instruction = instructionAt(code.read(linear, end - linear), linear);
    if (instruction === undefined) break; // data behind the code, or no code at all
    for (const change of changesOf(instruction)) mutations.push(mutation(entry, instruction, change, symbols));
    linear += instruction.bytes.length;
  }
  return mutations;
}

function mutation(entry: SymbolEntry, { linear, bytes }: Instruction, change: Change, symbols: Symbols): Mutation {
  return {
    kind: change.kind,
    function: entry.name,
    place: symbols.describe(linear),
    linear,
    original: bytes,
    mutated: change.bytes,
    before: disassemble(bytes, linear, true).text,
    after: textOf(change.bytes, linear),
  };
}

/** What an instruction became: usually another one, or NOPs. */
function textOf(bytes: Uint8Array, linear: number): string {
  if (bytes.every((byte) => byte === NOP)) return 'nop';
  const start = bytes[0] === NOP ? 1 : 0;
  return disassemble(bytes.subarray(start), linear + start, true).text;
}
