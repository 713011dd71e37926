import { ByteView } from './byte-view.ts';
import type { SectionHeaders } from './elf-image.ts';
import type { Layout } from './layout.ts';

const HEADER_BYTES = 40;
const TYPE_SYMBOLS = 2;
const TYPE_STRINGS = 3;
const ALLOCATED = 2;

/**
 * Puts the symbol and string tables, which no segment holds, into memory, and gives the section headers with their addresses
 * filled in, so that a kernel can name its own functions. Debug information stays out.
 */
export function loadSections(headers: SectionHeaders, kernel: Uint8Array, name: string, layout: Layout): Uint8Array {
  const file = new ByteView(kernel, name);
  const patched = headers.bytes.slice();
  const view = new DataView(patched.buffer);
  for (let at = 0; at < patched.length; at += HEADER_BYTES) {
    const [type, flags] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
    const [offset, sizeBytes] = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
    const isTable = type === TYPE_SYMBOLS || type === TYPE_STRINGS;
    if (!isTable || (flags & ALLOCATED) !== 0 || sizeBytes === 0) continue;
    view.setUint32(at + 12, layout.append(file.slice(offset, sizeBytes), 'anywhere'), true);
  }
  return patched;
}
