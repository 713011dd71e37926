/** A section to put into a made-up ELF file. */
export interface TinySection {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly type?: number;
  readonly flags?: number;
  readonly start?: number;
  readonly link?: number;
  readonly entrySizeBytes?: number;
}

export function u16(value: number): readonly number[] {
  return [value & 255, (value >>> 8) & 255];
}

export function u32(value: number): readonly number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

export function text(value: string): readonly number[] {
  return [...new TextEncoder().encode(value), 0];
}

/** The bytes with their own number in front, as every DWARF unit begins. */
export function withLength(bytes: readonly number[]): readonly number[] {
  return [...u32(bytes.length), ...bytes];
}

/** An i386 executable of just these sections; the first of them is section 1. */
export function tinyElf(sections: readonly TinySection[]): Uint8Array {
  const names: number[] = [0];
  const all: readonly TinySection[] = [{ name: '', bytes: [], type: 0 }, ...sections, { name: '.shstrtab', bytes: [] }];
  const nameOffsets = all.map(({ name }) => names.push(...text(name)) - name.length - 1);
  const bodies = all.map((section) => (section.name === '.shstrtab' ? names : section.bytes));
  const headers: number[] = [];
  let bodySize = 0;
  const bodyStart = 52 + 40 * all.length;
  all.forEach((section, index) => {
    const { type = 1, flags = 0, start = 0, link = 0, entrySizeBytes = 0 } = section;
    const fields = [nameOffsets[index], type, flags, start, bodyStart + bodySize, bodies[index].length];
    headers.push(...[...fields, link, 0, 1, entrySizeBytes].flatMap(u32));
    bodySize += bodies[index].length;
  });
  const identification = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const header = [identification, u16(2), u16(3), u32(1), u32(0), u32(0), u32(52), u32(0)].flat();
  const counts = [52, 0, 0, 40, all.length, all.length - 1].flatMap(u16);
  return Uint8Array.from([...header, ...counts, ...headers, ...bodies.flat()]);
}
