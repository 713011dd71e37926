import { expect, test } from 'vitest';
import { hashBytes } from '../../../../emulator/base/digest.ts';
import { MemoryDigest } from '../../../../emulator/machine/recording/memory-digest.ts';
import { PAGE_ROM, PhysicalMemory } from '../../../../emulator/memory/physical-memory.ts';
import { fillRam, type RamFill } from '../../../../emulator/memory/ram-fill.ts';

const PAGES = 8;
const FILLS: readonly RamFill[] = [{ kind: 'zero' }, { kind: 'byte', value: 0xcd }, { kind: 'pattern', seed: 3 }];

/** The digest of the digests of all pages, each looked at afresh. */
function digestOfAll({ bytes }: PhysicalMemory): readonly number[] {
  const pages = Array.from({ length: PAGES }, (_, page) => hashBytes(bytes.subarray(4096 * page, 4096 * (page + 1))));
  return hashBytes(new Uint8Array(Int32Array.from(pages.flat()).buffer));
}

test.each(FILLS)(
  'memory filled with $kind has the digest of all its pages, ROM and written ones among them',
  (fill) => {
    const memory = new PhysicalMemory(PAGES * 4096);
    fillRam(memory.bytes, fill);
    const digest = new MemoryDigest(memory, fill);
    memory.bytes.fill(0xff, 4096, 8192);
    memory.pageKinds[1] = PAGE_ROM;
    memory.write(0x3456, 4, 0x12345678);
    expect(digest.current()).toEqual(digestOfAll(memory));
    memory.write(0x5000, 1, 7);
    expect(digest.current()).toEqual(digestOfAll(memory));
  },
);
