import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { loadSymbols, noSymbols, type Symbols } from '../symbols/index.ts';
import { hostError } from './host-error.ts';

const SECTOR_BYTES = 512;
const LARGEST_IMAGE_BYTES = 512 * 1024 * 1024;

/** A file that a trace carries inside, so that the trace alone suffices to run again. */
export interface CarriedFile {
  readonly role: 'image' | 'symbols';
  readonly name: string; // without folders, so that traces don't depend on where they are made
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The image to boot and what describes it. */
export interface BootFiles {
  readonly image: CarriedFile;
  readonly files: readonly CarriedFile[];
  readonly symbols: Symbols;
  readonly symbolsName: string | undefined; // the path, for messages
}

/** Reads image and symbols. Errors: OperatingError for an image that can't be booted, SymbolsError for a bad ELF. */
export function loadBootFiles(paths: { readonly image: string; readonly symbols?: string }): BootFiles {
  const image = carry('image', paths.image);
  requireBootable(paths.image, image.bytes);
  if (paths.symbols === undefined) return { image, files: [image], symbols: noSymbols, symbolsName: undefined };
  const elf = carry('symbols', paths.symbols);
  const symbols = loadSymbols(elf.bytes, paths.symbols);
  return { image, files: [image, elf], symbols, symbolsName: paths.symbols };
}

function carry(role: CarriedFile['role'], path: string): CarriedFile {
  const bytes = readWhole(path);
  return { role, name: basename(path), sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

function readWhole(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw hostError(path, error);
  }
}

/** What a BIOS looks for before it jumps to a boot sector. */
function requireBootable(path: string, bytes: Uint8Array): void {
  if (bytes.length < SECTOR_BYTES) {
    throw new OperatingError(path, `not bootable: ${bytes.length} bytes, a boot sector has ${SECTOR_BYTES}`);
  }
  if (bytes.length > LARGEST_IMAGE_BYTES) {
    throw new OperatingError(path, `too large: ${bytes.length} bytes, at most ${LARGEST_IMAGE_BYTES} are supported`);
  }
  if (bytes[510] !== 0x55 || bytes[511] !== 0xaa) {
    throw new OperatingError(path, 'not bootable: the first sector does not end with the bytes 55 AA');
  }
}
