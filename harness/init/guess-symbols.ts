import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ElfFile } from '../symbols/elf.ts';
import { loadSymbols, type Symbols, SymbolsError } from '../symbols/index.ts';

/** An ELF that fits an image, and what it names. */
export interface GuessedSymbols {
  readonly path: string;
  readonly symbols: Symbols;
  readonly isInImage: boolean; // its code lies in the image byte for byte
}

const MOST_TRIED = 50;
const COMPARED_BYTES = 256;

/** Of these ELF files the one whose code is in the image, and of several the one with most functions. */
export function guessSymbols(folder: string, elfs: readonly string[], image: Uint8Array): GuessedSymbols | undefined {
  const tried = elfs.slice(0, MOST_TRIED).flatMap((path) => inspect(folder, path, image));
  const count = ({ symbols }: GuessedSymbols): number => symbols.functions().length;
  return tried.sort((a, b) => Number(b.isInImage) - Number(a.isInImage) || count(b) - count(a))[0];
}

function inspect(folder: string, path: string, image: Uint8Array): readonly GuessedSymbols[] {
  try {
    const bytes = new Uint8Array(readFileSync(join(folder, path)));
    return [{ path, symbols: loadSymbols(bytes, path), isInImage: hasCodeOf(new ElfFile(bytes, path), image) }];
  } catch (error) {
    if (error instanceof SymbolsError || (error instanceof Error && 'code' in error)) return [];
    throw error;
  }
}

function hasCodeOf(elf: ElfFile, image: Uint8Array): boolean {
  const section = elf.sections.find(({ isCode, isLoaded, sizeBytes }) => isCode && isLoaded && sizeBytes > 0);
  if (section === undefined) return false;
  const code = elf.contents(section).bytes.subarray(0, COMPARED_BYTES);
  return Buffer.from(image.buffer, image.byteOffset, image.length).includes(Buffer.from(code));
}
