import { basename } from 'node:path';
import { type BootSource, guessDrive, headerProblem, imageKind, OperatingError } from '../../../emulator/index.ts';
import type { MachineChoice } from '../../config/config.ts';
import { loadSymbols, noSymbols, type Symbols, SymbolsError } from '../../symbols/index.ts';
import { type CarriedFile, carry } from './carried-file.ts';
import { FurtherFiles, type FurtherPlace } from './further-files.ts';

const SECTOR_BYTES = 512;

/** The image to boot and what describes it; from `setUp` on with all further files. */
export interface BootFiles {
  readonly image: CarriedFile;
  readonly files: readonly CarriedFile[];
  readonly source: BootSource;
  readonly symbols: Symbols;
  readonly symbolsName: string | undefined; // the path, for messages
  readonly further?: FurtherFiles; // default: of the current folder
}

/** Paths of image and symbols, and where the further files are that `machine` and scenarios name. */
export interface BootPaths extends FurtherPlace {
  readonly image: string;
  readonly symbols?: string;
  readonly config?: { readonly machine?: MachineChoice };
}

/** Reads image and symbols. Errors: OperatingError for an image that can't be booted, SymbolsError for a bad ELF. */
export function loadBootFiles(paths: BootPaths): BootFiles {
  const image = carry('image', paths.image, basename(paths.image));
  requireBootable(paths, image.bytes);
  const source = { name: paths.image, disk: image.bytes };
  const further = new FurtherFiles(paths);
  const described = { image, source, files: [image], symbols: noSymbols, symbolsName: undefined, further };
  if (paths.symbols === undefined) return { ...described, ...ownSymbols(image, paths.image) };
  const elf = carry('symbols', paths.symbols, basename(paths.symbols));
  const symbols = loadSymbols(elf.bytes, paths.symbols);
  return { ...described, files: [image, elf], symbols, symbolsName: paths.symbols };
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

/** What whoever has no boot sector on purpose may want. */
const FLAT = 'a flat image needs its address (--load, or loadAt of a machine)';

/** A kernel finds fault with itself when it is loaded; of a disk a BIOS wants a boot sector. */
function requireBootable({ image: path, config }: BootPaths, bytes: Uint8Array): void {
  const { loadAt, bios } = config?.machine ?? {};
  if (loadAt !== undefined || bios !== undefined || imageKind(bytes) === 'kernel' || guessDrive(bytes) === 'cd') return;
  if (bytes.length < SECTOR_BYTES) {
    throw new OperatingError(path, `not bootable: ${bytes.length} bytes, a boot sector has ${SECTOR_BYTES}; ${FLAT}`);
  }
  if (bytes[510] !== 0x55 || bytes[511] !== 0xaa) {
    const lacks = 'the first sector does not end with the bytes 55 AA, and it is no ELF file or multiboot kernel';
    throw new OperatingError(path, `not bootable: ${headerProblem(bytes) ?? `${lacks}; ${FLAT}`}`);
  }
}
