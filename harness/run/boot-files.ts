import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BootSource, guessDrive, imageKind, OperatingError } from '../../emulator/index.ts';
import { loadSymbols, noSymbols, type Symbols, SymbolsError } from '../symbols/index.ts';
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
  readonly source: BootSource;
  readonly symbols: Symbols;
  readonly symbolsName: string | undefined; // the path, for messages
}

export interface BootPaths {
  readonly image: string;
  readonly symbols?: string;
  readonly modules?: readonly string[]; // for an image that is a kernel
  readonly images?: readonly string[]; // of further drives, whose specs call them by these paths
  readonly bios?: string; // a ROM instead of the built-in firmware
  readonly videoBios?: string; // the ROM of its VGA
  /** The image is put into memory as it is, so anything will do. */
  readonly isFlat?: boolean;
}

/** Reads image and symbols. Errors: OperatingError for an image that can't be booted, SymbolsError for a bad ELF. */
export function loadBootFiles(paths: BootPaths): BootFiles {
  const image = carry('image', paths.image);
  const modules = (paths.modules ?? []).map(readWhole);
  requireBootable(paths, image.bytes);
  const images = Object.fromEntries((paths.images ?? []).map((path) => [path, readWhole(path)]));
  const source = { name: paths.image, disk: image.bytes, modules, images, ...romFiles(paths) };
  const described = { image, source, files: [image], symbols: noSymbols, symbolsName: undefined };
  if (paths.symbols === undefined) return { ...described, ...ownSymbols(image, paths.image) };
  const elf = carry('symbols', paths.symbols);
  const symbols = loadSymbols(elf.bytes, paths.symbols);
  return { ...described, files: [image, elf], symbols, symbolsName: paths.symbols };
}

function romFiles({ bios, videoBios }: BootPaths): Pick<BootSource, 'rom'> {
  if (bios === undefined) return {};
  return { rom: { bios: readWhole(bios), ...(videoBios === undefined ? {} : { video: readWhole(videoBios) }) } };
}

/** A kernel that is booted as an ELF file describes itself, if it isn't stripped. */
function ownSymbols(image: CarriedFile, path: string): Partial<BootFiles> {
  if (imageKind(image.bytes) === 'disk') return {};
  try {
    const symbols = loadSymbols(image.bytes, path);
    return { symbols, symbolsName: path, files: [image, { ...image, role: 'symbols' }] };
  } catch (error) {
    if (error instanceof SymbolsError) return {}; // not asked for, so nothing to complain about
    throw error;
  }
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

/** A kernel finds fault with itself when it is loaded; of a disk a BIOS wants a boot sector. */
function requireBootable({ image: path, isFlat = false, bios }: BootPaths, bytes: Uint8Array): void {
  if (bytes.length > LARGEST_IMAGE_BYTES) {
    throw new OperatingError(path, `too large: ${bytes.length} bytes, at most ${LARGEST_IMAGE_BYTES} are supported`);
  }
  if (isFlat || bios !== undefined || imageKind(bytes) === 'kernel' || guessDrive(bytes) === 'cd') return;
  if (bytes.length < SECTOR_BYTES) {
    throw new OperatingError(path, `not bootable: ${bytes.length} bytes, a boot sector has ${SECTOR_BYTES}`);
  }
  if (bytes[510] !== 0x55 || bytes[511] !== 0xaa) {
    const lacks = 'the first sector does not end with the bytes 55 AA, and it is no ELF file or multiboot kernel';
    throw new OperatingError(path, `not bootable: ${lacks}`);
  }
}
