/**
 * What a multiboot 2 kernel is handed. Source: Multiboot2 Specification version 2.0, section 3.6. Tags: command line, boot
 * loader's name, modules, memory sizes, boot device, memory map, framebuffer, section headers, RSDP.
 * Not here: APM, VBE and network tables, SMBIOS, EFI.
 */
import { BOOT_LOADER_NAME, type BootRequest } from './boot-request.ts';
import { ByteWriter, textBytes } from './byte-writer.ts';
import { loadSections } from './elf-sections.ts';
import { type Layout, TABLE_AREA_BYTES } from './layout.ts';
import { colourFields, type LoadedKernel } from './multiboot1-info.ts';

export const MULTIBOOT2_ANSWER = 0x36d76289;

const TAG = {
  end: 0,
  commandLine: 1,
  loaderName: 2,
  module: 3,
  memory: 4,
  bootDevice: 5,
  map: 6,
  framebuffer: 8,
  sections: 9,
  acpi1: 14,
} as const;
const FIRST_DISK = 0x80;
const NO_PARTITION = 0xffffffff;
const MAP_ENTRY_BYTES = 24;
const SECTION_HEADER_BYTES = 40;
const EGA_TEXT = 2;
const RGB = 1;

/** Lays everything out and gives the address for EBX. */
export function placeMultiboot2(kernel: LoadedKernel, request: BootRequest, layout: Layout): number {
  const tags = new ByteWriter();
  const tag = (type: number, content: ByteWriter): void => {
    tags
      .u32(type, 8 + content.sizeBytes)
      .raw(content.bytes())
      .align(8);
  };
  tag(TAG.commandLine, new ByteWriter().text(request.commandLine));
  tag(TAG.loaderName, new ByteWriter().text(BOOT_LOADER_NAME));
  tag(TAG.memory, new ByteWriter().u32(request.lowerKib, request.upperKib));
  tag(TAG.bootDevice, new ByteWriter().u32(FIRST_DISK, NO_PARTITION, NO_PARTITION));
  tag(TAG.map, mapContent(request));
  tag(TAG.framebuffer, framebufferContent(kernel));
  const sections = sectionsContent(kernel, layout);
  if (sections !== undefined) tag(TAG.sections, sections);
  const { acpiRootPointer } = request;
  if (acpiRootPointer !== undefined) tag(TAG.acpi1, new ByteWriter().raw(acpiRootPointer));
  for (const { bytes, text } of request.modules) {
    const start = layout.append(bytes, 'page');
    tag(TAG.module, new ByteWriter().u32(start, start + bytes.length).raw(textBytes(text)));
  }
  tag(TAG.end, new ByteWriter());
  const information = new ByteWriter()
    .u32(8 + tags.sizeBytes, 0)
    .raw(tags.bytes())
    .bytes();
  if (information.length > TABLE_AREA_BYTES) return layout.append(information, 'page');
  const area = layout.tableArea();
  layout.put(area, information);
  return area;
}

function mapContent({ map }: BootRequest): ByteWriter {
  const content = new ByteWriter().u32(MAP_ENTRY_BYTES, 0);
  for (const { first, sizeBytes, type } of map) content.u64(first).u64(sizeBytes).u32(type, 0);
  return content;
}

function framebufferContent({ screen }: LoadedKernel): ByteWriter {
  const { physical, pitchBytes, width, height, depth, isText } = screen;
  const content = new ByteWriter().u64(physical).u32(pitchBytes, width, height);
  content.u8(depth, isText ? EGA_TEXT : RGB).u16(0);
  return isText ? content : content.u8(...colourFields(depth, isText));
}

function sectionsContent({ bytes, name, sections }: LoadedKernel, layout: Layout): ByteWriter | undefined {
  if (sections === undefined) return undefined;
  const headers = loadSections(sections, bytes, name, layout);
  return new ByteWriter().u32(sections.count, SECTION_HEADER_BYTES, sections.namesIndex).raw(headers);
}
