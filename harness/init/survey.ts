import { closeSync, type Dirent, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What a folder holds that gilt can use; paths are relative to the folder, with slashes, the best guess first. */
export interface Survey {
  readonly images: readonly string[]; // what a BIOS would boot
  readonly kernels: readonly string[]; // those of the executables that have a multiboot header
  readonly elfs: readonly string[]; // linked 32-bit executables
  readonly makefiles: readonly string[];
}

const DEEPEST = 4;
const MOST_FILES = 20_000;
const SKIPPED = new Set(['node_modules', 'golden', 'scenarios']);
const MAKEFILES = new Set(['GNUmakefile', 'makefile', 'Makefile']);
const IMAGE_SUFFIXES = [/\.(img|ima|raw|hdd|dsk|flp|vfd)$/i, /\.iso$/i, /\.bin$/i];
const SECTOR_BYTES = 512;
const HEADER_BYTES = 32 * 1024; // where multiboot 2 wants its header to be, and multiboot 1 in the first quarter of it
const MULTIBOOT = [0x1bad_b002, 0xe852_50d6];
const LARGEST_IMAGE_BYTES = 512 * 1024 * 1024;

interface Candidate {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Looks through a folder, not into hidden ones, links and installed packages. */
export function survey(folder: string): Survey {
  const files = filesIn(folder, DEEPEST).slice(0, MOST_FILES);
  const named = files.map((file) => ({ path: relative(folder, file).split(sep).join('/'), ...headOf(file) }));
  const elfs = named.filter(isKernelElf);
  return {
    images: named.filter(isImage).sort(byLikelihood).map(pathOf),
    kernels: elfs.map(pathOf).filter((path) => hasMultibootHeader(headOf(join(folder, path), HEADER_BYTES).head)),
    elfs: elfs.map(pathOf),
    makefiles: named.filter(({ path }) => MAKEFILES.has(path.split('/').at(-1) ?? '')).map(pathOf),
  };
}

function filesIn(folder: string, depth: number): readonly string[] {
  const entries = entriesOf(folder).filter(({ name }) => !name.startsWith('.') && !SKIPPED.has(name));
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  if (depth === 0) return files;
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return [...files, ...folders.flatMap((each) => filesIn(each, depth - 1))];
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // a folder that may not be read holds nothing for us
  }
}

interface Head {
  readonly sizeBytes: number;
  readonly head: Uint8Array;
}

function headOf(file: string, sizeWanted = SECTOR_BYTES): Head {
  const head = new Uint8Array(sizeWanted);
  try {
    const { size } = statSync(file);
    const descriptor = openSync(file, 'r');
    try {
      return { sizeBytes: size, head: head.subarray(0, readSync(descriptor, head)) };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return { sizeBytes: 0, head: head.subarray(0, 0) }; // a file that may not be read is no candidate
  }
}

function isImage({ head, sizeBytes }: Head): boolean {
  return sizeBytes <= LARGEST_IMAGE_BYTES && head[510] === 0x55 && head[511] === 0xaa;
}

// ELF magic, ELFCLASS32, little-endian; e_type EXEC or DYN; e_machine 386.
function isKernelElf({ head }: Head): boolean {
  const isElf = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  return isElf && head[4] === 1 && head[5] === 1 && (head[16] === 2 || head[16] === 3) && head[18] === 3;
}

function hasMultibootHeader(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  for (let at = 0; at + 4 <= head.length; at += 4) if (MULTIBOOT.includes(view.getUint32(at, true))) return true;
  return false;
}

// By the suffix, then the nearest, then the largest: a boot sector alone has the signature, too.
function byLikelihood(a: Candidate, b: Candidate): number {
  return rankOf(a) - rankOf(b) || depthOf(a) - depthOf(b) || b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1);
}

function rankOf({ path }: Candidate): number {
  const rank = IMAGE_SUFFIXES.findIndex((suffix) => suffix.test(path));
  return rank < 0 ? IMAGE_SUFFIXES.length : rank;
}

function depthOf({ path }: Candidate): number {
  return path.split('/').length;
}

function pathOf({ path }: Candidate): string {
  return path;
}
