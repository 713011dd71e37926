import { describe, expect, test } from 'vitest';
import { IdeBench, numberedMedium, SECTOR_BYTES } from './ide-bench.ts';

const READY = 0x50;
const REQUEST = 0x58;
const FAILED = 0x41;

function firstDword(bytes: Uint8Array, sector = 0): number {
  return new DataView(bytes.buffer).getUint32(sector * SECTOR_BYTES, true);
}

function word(bytes: Uint8Array, index: number): number {
  return bytes[index * 2] | (bytes[index * 2 + 1] << 8);
}

describe('PIO', () => {
  test('READ SECTORS gives a sector an interrupt, which reading the status ends and the alternate status does not', () => {
    const bench = IdeBench.withDisk();
    bench.command(0x20, { count: 2, lba: 1234 });
    expect(bench.in(0x3f6)).toBe(0x80);
    expect(bench.isInterrupting).toBe(false);
    expect(bench.wait()).toBe(REQUEST);
    expect(bench.isInterrupting).toBe(true);
    expect(bench.in(0x1f7)).toBe(REQUEST);
    expect(bench.isInterrupting).toBe(false);
    expect(firstDword(bench.read(SECTOR_BYTES))).toBe(1234_000);
    expect(bench.wait()).toBe(REQUEST);
    expect(bench.isInterrupting).toBe(true);
    expect(firstDword(bench.read(SECTOR_BYTES))).toBe(1235_000);
    expect(bench.wait()).toBe(READY);
    expect(bench.ports.read(0x1f0, 2)).toBe(0);
    expect([bench.in(0x1f2), bench.in(0x1f3), bench.in(0x1f4)]).toEqual([0, 1236 & 0xff, 1236 >> 8]);
  });

  test('a count of 0 is 256 sectors, and 65536 with 48-bit addresses', () => {
    const bench = IdeBench.withDisk();
    bench.command(0xc4, { count: 0, lba: 0 });
    let sectors = 0;
    while (bench.wait() === REQUEST) sectors += bench.read(16 * SECTOR_BYTES).length / SECTOR_BYTES;
    expect(sectors).toBe(256);
    bench.command48(0x24, 0, 0);
    expect(bench.wait()).toBe(FAILED); // more than the disk has
  });

  test('WRITE SECTORS asks for data at once without an interrupt, and what was written is read, also through save and load', () => {
    const medium = numberedMedium(100);
    const bench = IdeBench.withDisk(100, medium);
    const written = Uint8Array.from({ length: 2 * SECTOR_BYTES }, (_, index) => index * 7);
    bench.command(0x30, { count: 2, lba: 50 });
    expect([bench.in(0x3f6), bench.isInterrupting]).toEqual([REQUEST, false]);
    bench.write(written.subarray(0, SECTOR_BYTES));
    expect([bench.in(0x3f6), bench.isInterrupting]).toEqual([0x80, false]);
    expect([bench.wait(), bench.isInterrupting]).toEqual([REQUEST, true]);
    bench.write(written.subarray(SECTOR_BYTES));
    expect([bench.wait(), bench.in(0x1f7)]).toEqual([READY, READY]);
    bench.command(0xc4, { count: 3, lba: 49 });
    bench.wait();
    const read = bench.read(3 * SECTOR_BYTES);
    expect([firstDword(read), read.subarray(SECTOR_BYTES)]).toEqual([49_000, written]);
    const other = numberedMedium(100);
    other.load(medium.save().lbas, medium.save().bytes);
    expect(other.readMany(50, 2)).toEqual(written);
  });

  test('dword accesses move two words', () => {
    const bench = IdeBench.withDisk();
    bench.command(0x20, { lba: 3 });
    bench.wait();
    expect(bench.ports.read(0x1f0, 4)).toBe(3000);
    expect(bench.ports.read(0x1f0, 4)).toBe(3004);
  });

  test('READ MULTIPLE moves blocks; a block size that is no power of 2 up to 16 aborts, 0 turns it off', () => {
    const bench = IdeBench.withDisk();
    bench.command(0xc6, { count: 4 });
    expect(bench.wait()).toBe(READY);
    bench.command(0xc4, { count: 6, lba: 10 });
    bench.wait();
    const first = bench.read(4 * SECTOR_BYTES);
    bench.wait();
    const second = bench.read(2 * SECTOR_BYTES);
    expect([firstDword(first), firstDword(second), bench.wait()]).toEqual([10_000, 14_000, READY]);
    for (const count of [3, 32]) {
      bench.command(0xc6, { count });
      expect([bench.wait(), bench.in(0x1f1)]).toEqual([FAILED, 0x04]);
    }
    bench.command(0xc6, { count: 0 });
    bench.wait();
    bench.command(0xc4);
    expect([bench.wait(), bench.in(0x1f1)]).toEqual([FAILED, 0x04]);
  });

  test('CHS goes by the geometry that INITIALIZE DEVICE PARAMETERS set', () => {
    const bench = IdeBench.withDisk();
    const chs = (cylinder: number, head: number, sector: number) => {
      bench.command(0x20, { lba: (cylinder << 8) | sector, device: 0xa0 | head });
      return bench.wait() === REQUEST ? firstDword(bench.read(SECTOR_BYTES)) / 1000 : undefined;
    };
    expect(chs(1, 2, 3)).toBe((1 * 16 + 2) * 63 + 2);
    expect(chs(0, 0, 0)).toBeUndefined();
    bench.command(0x91, { count: 17, device: 0xa3 });
    expect(bench.wait()).toBe(READY);
    expect(chs(5, 3, 17)).toBe((5 * 4 + 3) * 17 + 16);
    expect([chs(5, 4, 1), chs(5, 3, 18), bench.in(0x1f1)]).toEqual([undefined, undefined, 0x10]);
  });

  test('48-bit addresses take two writes a register, and HOB shows the older one until the next write', () => {
    const bench = IdeBench.withDisk();
    bench.command48(0x24, 1, 3999);
    expect([bench.wait(), firstDword(bench.read(SECTOR_BYTES))]).toEqual([REQUEST, 3999_000]);
    bench.command48(0x24, 1, 0x0100_0000_0001);
    expect([bench.wait(), bench.in(0x1f1)]).toEqual([FAILED, 0x10]);
    bench.out(0x3f6, 0x80);
    expect([bench.in(0x1f3), bench.in(0x1f5)]).toEqual([0, 1]);
    bench.out(0x1f2, 1);
    expect([bench.in(0x1f3), bench.in(0x1f5)]).toEqual([1, 0]);
  });
});

describe('commands without data', () => {
  test('VERIFY, FLUSH, SEEK, RECALIBRATE, power and transfer modes end with an interrupt and no error', () => {
    const bench = IdeBench.withDisk();
    const ends = [0x40, 0x42, 0xe7, 0xea, 0x70, 0x10, 0xe0, 0xe1, 0xe5].map((code) => {
      bench.command(code);
      const result = [bench.wait(), bench.isInterrupting, bench.in(0x1f7)];
      return result.join();
    });
    expect(new Set(ends)).toEqual(new Set([[READY, true, READY].join()]));
    bench.command(0xef, { feature: 3, count: 0x42 });
    expect(bench.wait()).toBe(READY);
    bench.command(0xef, { feature: 0x44 });
    expect(bench.wait()).toBe(FAILED);
  });

  test('NOP and what a disk has not aborts', () => {
    const bench = IdeBench.withDisk();
    for (const code of [0x00, 0x08, 0xa0, 0xa1, 0xb0, 0xf1]) {
      bench.command(code);
      expect([bench.wait(), bench.in(0x1f1), bench.isInterrupting], `command ${code}`).toEqual([FAILED, 0x04, true]);
    }
    expect(bench.unhandled).toEqual(['ATA: command 0xb0', 'ATA: command 0xf1']);
  });

  test('IDENTIFY DEVICE tells geometry, both sector counts, modes and names', () => {
    const bench = IdeBench.withDisk(20_160);
    bench.command(0xec);
    expect([bench.wait(), bench.isInterrupting]).toEqual([REQUEST, true]);
    const identity = bench.read(SECTOR_BYTES);
    const text = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => {
        const pair = word(identity, first + index);
        return String.fromCharCode(pair >> 8, pair & 0xff);
      }).join('');
    expect([1, 3, 6].map((index) => word(identity, index))).toEqual([20, 16, 63]);
    expect([word(identity, 60), word(identity, 100), word(identity, 83) & 0x0400]).toEqual([20_160, 20_160, 0x0400]);
    expect(word(identity, 88)).toBe(0x203f);
    expect([text(10, 10).trim(), text(27, 20).trim()]).toEqual(['QM00001', 'QEMU HARDDISK']);
    expect(bench.wait()).toBe(READY);
  });
});

describe('the channel', () => {
  test('an absent slave has registers and no status, and takes no command; a reset leaves FFh where a drive says what it is', () => {
    const bench = IdeBench.withDisk();
    bench.command(0xec, { device: 0xf0, lba: 0x123456 });
    bench.clock.advance(10_000);
    expect([bench.in(0x1f7), bench.in(0x3f6), bench.in(0x1f3), bench.in(0x1f6)]).toEqual([0, 0, 0x56, 0xf0]);
    bench.out(0x1f6, 0xa0);
    expect(bench.in(0x1f7)).toBe(READY);
    expect(bench.line).toEqual([]);
    bench.out(0x3f6, 4);
    bench.out(0x3f6, 0);
    const signature = (device: number): readonly number[] => {
      bench.out(0x1f6, device);
      return [2, 3, 4, 5].map((register) => bench.in(0x1f0 + register));
    };
    expect([signature(0xb0), signature(0xa0)]).toEqual([
      [1, 1, 0xff, 0xff],
      [1, 1, 0, 0],
    ]);
  });

  test('a drive in the middle of a transfer hears neither registers nor commands', () => {
    const bench = IdeBench.withDisk();
    bench.command(0x20, { count: 1, lba: 7 });
    expect(bench.wait()).toBe(REQUEST);
    bench.command(0x40, { count: 1, lba: 9, device: 0xf0 });
    expect(firstDword(bench.read(SECTOR_BYTES))).toBe(7_000);
    expect(bench.in(0x1f7)).toBe(READY);
  });

  test('a read by cylinders shows the sector after each block', () => {
    const bench = IdeBench.withDisk();
    for (const [register, value] of [2, 63, 1, 0, 0xa0].entries()) bench.out(0x1f2 + register, value);
    bench.out(0x1f7, 0x20);
    bench.wait();
    expect([2, 3, 4, 5, 6].map((register) => bench.in(0x1f0 + register))).toEqual([1, 1, 1, 0, 0xa1]);
  });

  test('an interrupt while nIEN is set is lost', () => {
    const bench = IdeBench.withDisk();
    bench.out(0x3f6, 2);
    bench.command(0x40);
    bench.wait();
    expect(bench.line).toEqual([]);
    bench.out(0x3f6, 0);
    expect(bench.line).toEqual([]);
    bench.command(0x40);
    bench.wait();
    expect(bench.isInterrupting).toBe(true);
  });

  test('SRST stops what was going on and shows a disk’s signature', () => {
    const bench = IdeBench.withDisk();
    bench.command(0x20, { lba: 7, count: 5 });
    bench.out(0x3f6, 4);
    expect(bench.in(0x1f7)).toBe(0x80);
    bench.clock.advance(1000);
    expect(bench.in(0x3f6)).toBe(0x80);
    bench.out(0x3f6, 0);
    expect(bench.wait()).toBe(READY);
    expect([0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5].map((port) => bench.in(port))).toEqual([1, 1, 1, 0, 0]);
    expect(bench.line).toEqual([]);
  });

  test('registers don’t change while the drive is busy, and a second command is lost', () => {
    const bench = IdeBench.withDisk();
    bench.command(0x20, { lba: 9 });
    bench.command(0x20, { lba: 10 });
    bench.wait();
    expect(firstDword(bench.read(SECTOR_BYTES))).toBe(9000);
  });
});

describe('bus master', () => {
  test('READ DMA fills the pieces in order, however the guest orders command and start', () => {
    for (const startsFirst of [true, false]) {
      const bench = IdeBench.withDisk();
      bench.descriptors([0x8000, 700], [0x20000, 324]);
      bench.out(0xc002, 0x06);
      if (startsFirst) bench.out(0xc000, 0x09);
      bench.command(0xc8, { count: 2, lba: 20 });
      bench.clock.advance(5000);
      if (!startsFirst) bench.out(0xc000, 0x09);
      expect([bench.wait(), bench.isInterrupting, bench.in(0xc002)]).toEqual([READY, true, 0x04]);
      const whole = Uint8Array.from([...bench.memory.slice(0x8000, 0x82bc), ...bench.memory.slice(0x20000, 0x20144)]);
      expect(whole).toEqual(numberedMedium(30).readMany(20, 2));
      bench.out(0xc000, 0);
      bench.out(0xc002, 0x04);
      expect(bench.in(0xc002)).toBe(0);
    }
  });

  test('WRITE DMA takes from memory; a length of 0 is 64 KiB', () => {
    const medium = numberedMedium(300);
    const bench = IdeBench.withDisk(300, medium);
    bench.memory.fill(0xab, 0x30000, 0x40000);
    bench.descriptors([0x30000, 0]);
    bench.command48(0x35, 128, 100);
    bench.out(0xc000, 0x01);
    expect([bench.wait(), bench.in(0xc002)]).toEqual([READY, 0x04]);
    expect(medium.readMany(100, 128)).toEqual(new Uint8Array(65536).fill(0xab));
    expect(medium.read(99)).toEqual(numberedMedium(100).read(99));
  });

  test('descriptors that are too short end without an interrupt, too long ones leave the master active', () => {
    const bench = IdeBench.withDisk();
    bench.descriptors([0x8000, 256]);
    bench.out(0xc000, 0x09);
    bench.command(0xc8, { lba: 1 });
    expect([bench.wait(), bench.in(0xc002), bench.isInterrupting]).toEqual([READY, 0x00, false]);
    bench.out(0xc000, 0);
    bench.descriptors([0x8000, 1024]);
    bench.out(0xc000, 0x09);
    bench.command(0xc8, { lba: 1 });
    expect([bench.wait(), bench.in(0xc002)]).toEqual([READY, 0x05]);
  });

  test('without the bus-master bit in the command register nothing moves', () => {
    const bench = IdeBench.withDisk();
    bench.isMasterAllowed = false;
    bench.descriptors([0x8000, 512]);
    bench.out(0xc000, 0x09);
    bench.command(0xc8, { lba: 1 });
    expect([bench.wait(), bench.isInterrupting]).toEqual([REQUEST, false]);
    expect(bench.memory[0x8000]).toBe(0);
  });
});
