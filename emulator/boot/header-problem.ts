import { ByteView } from './byte-view.ts';

const VERSIONS = [
  { magic: 0x1badb002, name: 'multiboot header', words: 3, alignment: 4, searchedBytes: 8192 },
  { magic: 0xe85250d6, name: 'multiboot 2 header', words: 4, alignment: 8, searchedBytes: 32768 },
] as const;
const LOOKED_AT_BYTES = 0x100000;
const HIGHEST_KNOWN = 0x0001_ffff; // of the second word: flags, or the architecture

/**
 * Why what looks like a multiboot header is none to a boot loader; undefined when nothing looks like one. To be asked of a file in
 * which none was found.
 */
export function headerProblem(bytes: Uint8Array): string | undefined {
  const file = new ByteView(bytes, '');
  for (let at = 0; at + 16 <= Math.min(bytes.length, LOOKED_AT_BYTES); at++) {
    const word = file.u32(at);
    const version = VERSIONS.find(({ magic }) => word === magic);
    if (version === undefined) continue;
    const { name, words, alignment, searchedBytes } = version;
    const place = `its ${name} at offset ${at}`;
    const sum = Array.from({ length: words }, (_, index) => file.u32(at + 4 * index)).reduce((a, b) => (a + b) | 0);
    const isWhole = sum === 0;
    if (isWhole && at % alignment !== 0) return `${place} is not on a boundary of ${alignment} bytes`;
    if (isWhole && at + 4 * words > searchedBytes) return `${place} lies beyond the first ${searchedBytes} bytes`;
    if (!isWhole && at % alignment === 0 && at < searchedBytes && file.u32(at + 4) <= HIGHEST_KNOWN) {
      return `${place} has a wrong checksum`;
    }
  }
  return undefined;
}
