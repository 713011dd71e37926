/**
 * What a multiboot 1 kernel is handed. Source: Multiboot Specification version 0.6.96, sections 3.2 and 3.3. Tables lie
 * where QEMU's loader puts them; unlike QEMU's there are section headers, and a framebuffer for a kernel that asks for one.
 * Not here: drives, a configuration table, APM, VBE tables.
 */
import { BOOT_LOADER_NAME, type BootRequest, type BootScreen, type MapEntry } from './boot-request.ts';
import { ByteWriter, textBytes } from './byte-writer.ts';
import type { SectionHeaders } from './elf-image.ts';
import { loadSections } from './elf-sections.ts';
import type { Layout } from './layout.ts';

export const MULTIBOOT1_ANSWER = 0x2badb002;

const INFORMATION_OFFSET = 0x500;
const HAS = {
  memory: 1 << 0,
  bootDevice: 1 << 1,
  commandLine: 1 << 2,
  modules: 1 << 3,
  sections: 1 << 5,
  map: 1 << 6,
  loaderName: 1 << 9,
  framebuffer: 1 << 12,
} as const;
const FIRST_DISK = 0x8000ffff; // its first partition
const EGA_TEXT = 2;
const RGB = 1;
const VBE_AND_BEFORE_BYTES = 16;

export interface LoadedKernel {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly sections: SectionHeaders | undefined;
  readonly screen: BootScreen;
  readonly wantsVideo: boolean;
}

/** Lays everything out and gives the address for EBX. */
export function placeMultiboot1(kernel: LoadedKernel, request: BootRequest, layout: Layout): number {
  const area = layout.tableArea();
  const map = mapTable(request.map);
  const moduleTable = layout.reserve(16 * request.modules.length, 'page');
  const texts = request.modules.map(({ text }) => layout.append(textBytes(text), 'anywhere'));
  const commandLine = layout.append(textBytes(request.commandLine), 'anywhere');
  const loaderName = layout.append(textBytes(BOOT_LOADER_NAME), 'anywhere');
  const modules = new ByteWriter();
  request.modules.forEach(({ bytes }, index) => {
    const start = layout.append(bytes, 'page');
    modules.u32(start, start + bytes.length, texts[index], 0);
  });
  layout.put(moduleTable, modules.bytes());
  const sections = placeSections(kernel, layout); // last, since QEMU has none
  layout.put(area, map);
  const flags =
    HAS.memory | HAS.bootDevice | HAS.commandLine | HAS.modules | HAS.map | HAS.loaderName |
    (sections === undefined ? 0 : HAS.sections) | (kernel.wantsVideo ? HAS.framebuffer : 0); // biome-ignore format: a set
  const information = new ByteWriter()
    .u32(flags, request.lowerKib, request.upperKib, FIRST_DISK, commandLine, texts.length, moduleTable)
    .u32(...(sections ?? [0, 0, 0, 0]))
    .u32(map.length, area, 0, 0, 0, loaderName, 0)
    .raw(new Uint8Array(VBE_AND_BEFORE_BYTES))
    .raw(framebuffer(kernel));
  layout.put(area + INFORMATION_OFFSET, information.bytes());
  return area + INFORMATION_OFFSET;
}

/** Each entry begins with the size of what follows. */
function mapTable(map: readonly MapEntry[]): Uint8Array {
  const table = new ByteWriter();
  for (const { first, sizeBytes, type } of map) table.u32(20).u64(first).u64(sizeBytes).u32(type);
  return table.bytes();
}

function placeSections({ bytes, name, sections }: LoadedKernel, layout: Layout): readonly number[] | undefined {
  if (sections === undefined) return undefined;
  const physical = layout.append(loadSections(sections, bytes, name, layout), 'anywhere');
  return [sections.count, 40, physical, sections.namesIndex];
}

function framebuffer({ screen }: LoadedKernel): Uint8Array {
  const { physical, pitchBytes, width, height, depth, isText } = screen;
  const fields = new ByteWriter().u64(physical).u32(pitchBytes, width, height);
  return fields.u8(depth, isText ? EGA_TEXT : RGB, ...colourFields(depth, isText)).bytes();
}

/** Positions and sizes of red, green and blue. */
export function colourFields(depth: number, isText: boolean): readonly number[] {
  if (isText) return [0, 0, 0, 0, 0, 0];
  if (depth === 15) return [10, 5, 5, 5, 0, 5];
  return depth === 16 ? [11, 5, 5, 6, 0, 5] : [16, 8, 8, 8, 0, 8];
}
