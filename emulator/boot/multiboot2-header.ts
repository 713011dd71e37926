/** Source: Multiboot2 Specification version 2.0, section 3.1. */
import { ByteView } from './byte-view.ts';
import type { Load } from './load.ts';
import { rawLoad, type VideoWish } from './multiboot1-header.ts';

const MAGIC = 0xe85250d6;
const SEARCHED_BYTES = 32768;
const FIXED_BYTES = 16;
const ARCHITECTURE_I386 = 0;
const OPTIONAL = 1;

const TAG = {
  end: 0,
  informationRequest: 1,
  address: 2,
  entry: 3,
  consoleFlags: 4,
  framebuffer: 5,
  moduleAlignment: 6,
  efiBootServices: 7,
  efiEntry32: 8,
  efiEntry64: 9,
  relocatable: 10,
} as const;

/** Nothing to do for: modules always begin on pages, there is no EFI, and a kernel stays where it was linked. */
const IGNORED: readonly number[] = [
  TAG.consoleFlags,
  TAG.moduleAlignment,
  TAG.efiEntry32,
  TAG.efiEntry64,
  TAG.relocatable,
];
/** The specification's last type of information. As with GRUB, a kernel that asks for what isn't there starts without it. */
const LAST_INFORMATION = 21;

export interface Multiboot2Header {
  readonly load: Load | undefined; // instead of the ELF segments
  readonly entry: number | undefined; // instead of the ELF entry
  readonly video: VideoWish | undefined;
}

/** The header, or undefined when there is none. Errors: OperatingError for one that asks for what isn't known. */
export function findMultiboot2(bytes: Uint8Array, name: string): Multiboot2Header | undefined {
  const file = new ByteView(bytes, name);
  const end = Math.min(bytes.length, SEARCHED_BYTES) - FIXED_BYTES;
  for (let at = 0; at <= end; at += 8) {
    if (file.u32(at) !== MAGIC) continue;
    const [architecture, length, checksum] = [4, 8, 12].map((offset) => file.u32(at + offset));
    if (((MAGIC + architecture + length + checksum) | 0) !== 0) continue;
    if (architecture !== ARCHITECTURE_I386) file.reject(`its multiboot 2 header is for architecture ${architecture}`);
    return readTags(file, at, length);
  }
  return undefined;
}

function readTags(file: ByteView, header: number, length: number): Multiboot2Header {
  let found: Multiboot2Header = { load: undefined, entry: undefined, video: undefined };
  for (let at = header + FIXED_BYTES; at < header + length; ) {
    const [type, flags, size] = [file.u16(at), file.u16(at + 2), file.u32(at + 4)];
    if (type === TAG.end) break;
    if (size < 8) file.reject(`a tag of its multiboot 2 header has ${size} bytes`);
    found = { ...found, ...readTag(file, header, { at, type, size, isOptional: (flags & OPTIONAL) !== 0 }) };
    at += Math.ceil(size / 8) * 8;
  }
  return found;
}

interface Tag {
  readonly at: number;
  readonly type: number;
  readonly size: number;
  readonly isOptional: boolean;
}

function readTag(file: ByteView, header: number, tag: Tag): Partial<Multiboot2Header> {
  const { at, type, isOptional } = tag;
  const fields = (...offsets: number[]): number[] => offsets.map((offset) => file.u32(at + offset));
  if (type === TAG.address) {
    const [home, start, end, bssEnd] = fields(8, 12, 16, 20);
    return { load: rawLoad(file, header, { header: home, start, end, bssEnd }) };
  }
  if (type === TAG.entry) return { entry: file.u32(at + 8) };
  if (type === TAG.framebuffer) {
    const [width, height, depth] = fields(8, 12, 16);
    return { video: { isText: depth === 0, width, height, depth } };
  }
  if (type === TAG.informationRequest) requireKnown(file, tag);
  else if (!IGNORED.includes(type) && !isOptional) {
    file.reject(`its multiboot 2 header has a tag of type ${type}, which gilt doesn't know`);
  }
  return {};
}

function requireKnown(file: ByteView, { at, size, isOptional }: Tag): void {
  for (let offset = 8; offset + 4 <= size; offset += 4) {
    const wanted = file.u32(at + offset);
    if (isOptional || wanted <= LAST_INFORMATION) continue;
    file.reject(`it insists on multiboot 2 information of type ${wanted}, which nobody knows`);
  }
}
