import { ByteWriter } from '../../../emulator/boot/byte-writer.ts';

/** mov [B8000h], ebx; mov [B8004h], eax; mov [B8008h], esp; hlt: what a kernel is entered with, on the screen. */
export const SHOW_REGISTERS = [
  0x89, 0x1d, 0x00, 0x80, 0x0b, 0x00, 0xa3, 0x04, 0x80, 0x0b, 0x00, 0x89, 0x25, 0x08, 0x80, 0x0b, 0x00, 0xf4,
];

const MIB = 0x100000;
const MAGIC_1 = 0x1badb002;
const MAGIC_2 = 0xe85250d6;

/** A multiboot 1 header; `fields` follow the checksum. */
export function multiboot1(flags: number, ...fields: readonly number[]): Uint8Array {
  return new ByteWriter().u32(MAGIC_1, flags, -(MAGIC_1 + flags), ...fields).bytes();
}

/** A multiboot 2 header with these tags: type, flags, 32-bit fields. */
export function multiboot2(
  ...tags: readonly (readonly [type: number, flags: number, ...fields: number[]])[]
): Uint8Array {
  const body = new ByteWriter();
  for (const [type, flags, ...fields] of [...tags, [0, 0] as const]) {
    body
      .u16(type, flags)
      .u32(8 + 4 * fields.length, ...fields)
      .align(8);
  }
  const length = 16 + body.sizeBytes;
  return new ByteWriter()
    .u32(MAGIC_2, 0, length, -(MAGIC_2 + length))
    .raw(body.bytes())
    .bytes();
}

/** A kernel that belongs at 1 MiB by its own header's addresses: header, then code. */
export function rawKernel(code: readonly number[], bssBytes = 0): Uint8Array {
  const headerBytes = 32;
  const end = MIB + headerBytes + code.length;
  const bssEnd = bssBytes === 0 ? 0 : end + bssBytes;
  const header = multiboot1(0x10003, MIB, MIB, 0, bssEnd, MIB + headerBytes);
  return new ByteWriter().raw(header).raw(Uint8Array.from(code)).bytes();
}

export interface ElfParts {
  readonly content: Uint8Array;
  readonly entry?: number;
  readonly linear?: number;
  readonly physical?: number;
  readonly memoryBytes?: number;
  /** Bytes of the file to overwrite at the end: [offset, value]. */
  readonly patches?: readonly (readonly [number, number])[];
  readonly withSymbols?: boolean;
}

const CODE_OFFSET = 0x80;

/** A 32-bit ELF executable of one segment, whose content begins at file offset 80h. */
export function elf({ content, patches = [], ...parts }: ElfParts): Uint8Array {
  const { physical = MIB, linear = physical, entry = linear, memoryBytes = content.length } = parts;
  const sections = parts.withSymbols === true ? symbolSections(CODE_OFFSET + content.length) : undefined;
  const header = new ByteWriter()
    .u8(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    .u16(2, 3)
    .u32(1, entry, 52, sections === undefined ? 0 : sections.offset, 0)
    .u16(52, 32, 1, 40, sections === undefined ? 0 : 3, sections === undefined ? 0 : 2)
    .u32(1, CODE_OFFSET, linear, physical, content.length, memoryBytes, 5, 4)
    .align(CODE_OFFSET)
    .raw(content)
    .raw(sections?.bytes ?? new Uint8Array(0))
    .bytes();
  for (const [offset, value] of patches) header[offset] = value;
  return header;
}

/** A symbol table of 32 bytes and a string table of 16, and the headers: null, symbols, strings. */
function symbolSections(start: number): { readonly bytes: Uint8Array; readonly offset: number } {
  const bytes = new ByteWriter()
    .raw(new Uint8Array(32).fill(0x11))
    .raw(new Uint8Array(16).fill(0x22))
    .raw(new Uint8Array(40))
    .u32(1, 2, 0, 0, start, 32, 2, 0, 4, 16)
    .u32(2, 3, 0, 0, start + 32, 16, 0, 0, 1, 0)
    .bytes();
  return { bytes, offset: start + 48 };
}
