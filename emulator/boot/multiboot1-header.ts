/** Source: Multiboot Specification version 0.6.96, section 3.1. */
import { ByteView } from './byte-view.ts';
import type { Load } from './load.ts';

const MAGIC = 0x1badb002;
const SEARCHED_BYTES = 8192;
const SHORTEST_BYTES = 12;
const WANTS_VIDEO = 1 << 2;
const HAS_ADDRESSES = 1 << 16;
/** Bits 0 to 15 that ask for what a loader has to know: page-aligned modules, memory sizes, a video mode. */
const KNOWN_REQUIREMENTS = 0x0007;
const ALL_REQUIREMENTS = 0xffff;

/** A screen that a kernel asks for; 0 where it doesn't mind. */
export interface VideoWish {
  readonly isText: boolean;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** Where the header says that the kernel belongs, instead of an ELF header. */
export interface RawPlacement {
  readonly load: Load;
  readonly entry: number;
}

export interface Multiboot1Header {
  readonly placement: RawPlacement | undefined;
  readonly video: VideoWish | undefined;
}

/** The header, or undefined when there is none. Errors: OperatingError for one that asks for what isn't known. */
export function findMultiboot1(bytes: Uint8Array, name: string): Multiboot1Header | undefined {
  const file = new ByteView(bytes, name);
  const end = Math.min(bytes.length, SEARCHED_BYTES) - SHORTEST_BYTES;
  for (let at = 0; at <= end; at += 4) {
    if (file.u32(at) !== MAGIC || ((MAGIC + file.u32(at + 4) + file.u32(at + 8)) | 0) !== 0) continue;
    return readHeader(file, at);
  }
  return undefined;
}

function readHeader(file: ByteView, at: number): Multiboot1Header {
  const flags = file.u32(at + 4);
  const unknown = flags & ALL_REQUIREMENTS & ~KNOWN_REQUIREMENTS;
  if (unknown !== 0)
    file.reject(`its multiboot header has requirements (0x${unknown.toString(16)}) that gilt doesn't know`);
  return {
    placement: (flags & HAS_ADDRESSES) === 0 ? undefined : readPlacement(file, at),
    video: (flags & WANTS_VIDEO) === 0 ? undefined : readVideo(file, at + 32),
  };
}

function readPlacement(file: ByteView, at: number): RawPlacement {
  const [header, start, end, bssEnd, entry] = [12, 16, 20, 24, 28].map((offset) => file.u32(at + offset));
  return { load: rawLoad(file, at, { header, start, end, bssEnd }), entry };
}

interface RawAddresses {
  readonly header: number; // where the header itself belongs
  readonly start: number;
  readonly end: number; // 0: the whole file
  readonly bssEnd: number; // 0: no .bss
}

/** The part of a file that both versions' address fields describe, relative to the header that lies at `at`. */
export function rawLoad(file: ByteView, at: number, { header, start, end, bssEnd }: RawAddresses): Load {
  const offset = at - (header - start);
  const isSound = start <= header && offset >= 0 && (end === 0 || end >= start);
  if (!isSound) file.reject('the addresses in its multiboot header contradict each other');
  const bytes = file.slice(offset, end === 0 ? file.bytes.length - offset : end - start);
  const sizeBytes = Math.max(bytes.length, bssEnd === 0 ? 0 : bssEnd - start);
  return { physical: start, bytes, sizeBytes };
}

function readVideo(file: ByteView, at: number): VideoWish {
  return { isText: file.u32(at) === 1, width: file.u32(at + 4), height: file.u32(at + 8), depth: file.u32(at + 12) };
}
