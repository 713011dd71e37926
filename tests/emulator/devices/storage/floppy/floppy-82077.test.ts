import { describe, expect, test } from 'vitest';
import { PortSpace } from '../../../../../emulator/bus/port-space.ts';
import { Dma8237 } from '../../../../../emulator/devices/storage/dma-8237.ts';
import { Floppy82077 } from '../../../../../emulator/devices/storage/floppy/floppy-82077.ts';
import { floppyFormat, sectorsOf } from '../../../../../emulator/devices/storage/floppy/floppy-format.ts';
import { Medium } from '../../../../../emulator/devices/storage/medium.ts';
import { TestClock } from '../../../time/test-clock.ts';

const SECTOR_BYTES = 512;
const HIGH_DENSITY_BYTES = 1440 * 1024;

/** A controller with one drive, and a processor that is the test. Sectors are filled with the low byte of their number. */
class Bench {
  readonly clock = new TestClock();
  readonly memory = new Uint8Array(0x40000);
  readonly medium: Medium;
  readonly ports = new PortSpace((what) => this.unhandled.push(what));
  readonly unhandled: string[] = [];
  isInterrupting = false;

  constructor(imageBytes = HIGH_DENSITY_BYTES, isReadOnly = false) {
    const format = floppyFormat(imageBytes);
    const sectorCount = sectorsOf(format);
    const image = Uint8Array.from({ length: sectorCount * SECTOR_BYTES }, (_, index) => index >> 9);
    this.medium = new Medium(image, { sectorBytes: 512, isReadOnly, sectorCount });
    const dma = new Dma8237({
      memory: {
        read: (physical, length) => this.memory.slice(physical, physical + length),
        write: (physical, bytes) => this.memory.set(bytes, physical),
      },
    });
    const floppy = new Floppy82077({
      drives: [{ medium: this.medium, format }],
      irq: {
        set: (level) => {
          this.isInterrupting = level;
        },
      },
      dma: dma.channel(2),
      clock: this.clock.scheduler,
      instructionsPerPitClock: 1,
      onUnhandled: (what) => this.unhandled.push(what),
    });
    for (const claim of [...floppy.claims(), ...dma.claims()]) this.ports.claim(claim);
    this.out(0x3f2, 0x1c);
  }

  out(port: number, value: number): void {
    this.ports.write(port, 1, value);
  }

  in(port: number): number {
    return this.ports.read(port, 1);
  }

  /** A command, and its results once it is through. */
  run(...bytes: readonly number[]): readonly number[] {
    for (const byte of bytes) this.out(0x3f5, byte);
    this.clock.advance(100_000);
    const results: number[] = [];
    while ((this.in(0x3f4) & 0xf0) === 0xd0) results.push(this.in(0x3f5));
    return results;
  }

  seek(cylinder: number): readonly number[] {
    this.run(0x0f, 0, cylinder);
    return this.run(0x08);
  }

  /** Channel 2: `kind` 4 into memory, 8 from it. */
  program(kind: 4 | 8, physical: number, length: number): void {
    this.out(0x0c, 0);
    for (const byte of [physical & 0xff, (physical >> 8) & 0xff]) this.out(0x04, byte);
    this.out(0x81, physical >> 16);
    for (const byte of [(length - 1) & 0xff, (length - 1) >> 8]) this.out(0x05, byte);
    this.out(0x0b, 0x42 | kind);
    this.out(0x0a, 2);
  }
}

describe('transfers by DMA', () => {
  test('end at the terminal count, and a multitrack one goes on on the other side', () => {
    const bench = new Bench();
    bench.seek(3);
    bench.program(4, 0x1ff00, 3 * SECTOR_BYTES);
    expect(bench.run(0xe6, 0, 3, 0, 18, 2, 18, 0x1b, 0xff)).toEqual([0x04, 0, 0, 3, 1, 3, 2]);
    const first = (3 * 2 * 18 + 17) & 0xff;
    // The address wraps within the page register's 64 KiB, here in the middle of a sector.
    const found = [0x1ff00, 0x10000, 0x10100, 0x10300, 0x20000].map((physical) => bench.memory[physical]);
    expect(found).toEqual([first, first, first + 1, first + 2, 0]);
    expect(bench.in(0x08) & 4).toBe(4);
  });

  test('without a terminal count end at the end of the side, on QEMU without an error', () => {
    const bench = new Bench();
    bench.program(4, 0, 4 * SECTOR_BYTES);
    expect(bench.run(0x46, 0, 0, 0, 17, 2, 18, 0x1b, 0xff)).toEqual([0x20, 0, 0, 1, 0, 1, 2]);
  });

  test('go on with the next cylinder in multitrack, whatever the last sector is said to be', () => {
    const bench = new Bench();
    bench.program(4, 0, 3 * SECTOR_BYTES);
    expect(bench.run(0xc6, 4, 3, 1, 17, 2, 19, 0x1b, 0xff)).toEqual([0x20, 0, 0, 4, 0, 2, 2]);
    expect([0, 1, 2].map((index) => bench.memory[index * SECTOR_BYTES])).toEqual([142, 143, 144]);
  });

  test('write what memory holds, but not on a protected diskette', () => {
    const bench = new Bench();
    bench.memory.fill(0x77, 0, SECTOR_BYTES);
    bench.program(8, 0, SECTOR_BYTES);
    expect(bench.run(0x45, 4, 0, 1, 2, 2, 18, 0x1b, 0xff)).toEqual([0x04, 0, 0, 0, 1, 3, 2]);
    expect(bench.medium.read(18 + 1)).toEqual(new Uint8Array(SECTOR_BYTES).fill(0x77));
    const other = new Bench(HIGH_DENSITY_BYTES, true);
    other.program(8, 0, SECTOR_BYTES);
    expect(other.run(0x45, 0, 0, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 3)).toEqual([0x40, 0x02, 0]);
  });

  test('FORMAT TRACK fills the sectors that its list names', () => {
    const bench = new Bench();
    bench.memory.set([0, 0, 1, 2, 0, 0, 3, 2]);
    bench.program(8, 0, 8);
    bench.run(0x4d, 0, 2, 2, 0x50, 0xf6);
    expect([0, 1, 2].map((lba) => bench.medium.read(lba)[0])).toEqual([0xf6, 1, 0xf6]);
  });
});

test('a transfer moves the heads to its cylinder, as with QEMU and Bochs, though it isn’t configured to', () => {
  const bench = new Bench();
  bench.program(4, 0, SECTOR_BYTES);
  expect(bench.run(0x46, 0, 5, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 5, 0, 2, 2]);
  bench.program(4, 0, SECTOR_BYTES);
  expect(bench.run(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 0, 0, 2, 2]);
});

describe('what isn’t there', () => {
  test('a cylinder beyond the last, a sector beyond the last, the wrong rate, no drive', () => {
    const bench = new Bench();
    bench.program(4, 0, SECTOR_BYTES);
    const status = (...command: readonly number[]) => bench.run(...command).slice(0, 3);
    expect(status(0x46, 0, 80, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0x40, 0x01, 0]);
    expect(status(0x46, 0, 0, 0, 19, 2, 36, 0x1b, 0xff)).toEqual([0x40, 0x04, 0]);
    expect(status(0x46, 1, 0, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0x41, 0, 0]);
    bench.out(0x3f7, 2);
    expect(status(0x46, 0, 0, 0, 1, 2, 18, 0x1b, 0xff)).toEqual([0x40, 0x01, 0]);
    expect(status(0x4a, 0)).toEqual([0x40, 0x01, 0]);
  });

  test('an unknown command is an event and answers 80h', () => {
    const bench = new Bench();
    expect(bench.run(0x1f)).toEqual([0x80]);
    expect(bench.unhandled).toEqual(['floppy command 1f']);
  });
});

test('without DMA each sector goes through the FIFO, with an interrupt', () => {
  const bench = new Bench();
  bench.run(0x03, 0xdf, 0x03);
  for (const byte of [0x46, 0, 0, 0, 5, 2, 6, 0x1b, 0xff]) bench.out(0x3f5, byte);
  bench.clock.advance(1000);
  expect([bench.isInterrupting, bench.in(0x3f4)]).toEqual([true, 0xf0]);
  const read = Array.from({ length: SECTOR_BYTES }, () => bench.in(0x3f5));
  expect(new Set(read)).toEqual(new Set([4]));
  bench.clock.advance(1000);
  for (let index = 0; index < SECTOR_BYTES; index++) bench.in(0x3f5);
  expect(bench.run()).toEqual([0x20, 0, 0, 1, 0, 1, 2]);
  for (const byte of [0x45, 0, 0, 0, 9, 2, 9, 0x1b, 0xff]) bench.out(0x3f5, byte);
  for (let index = 0; index < SECTOR_BYTES; index++) bench.out(0x3f5, 0x99);
  bench.run();
  expect(bench.medium.read(8)[511]).toBe(0x99);
});

test('implied seeks, relative seeks, VERIFY, and the change line', () => {
  const bench = new Bench();
  bench.run(0x07, 0);
  expect(bench.run(0x08)).toEqual([0x20, 0]);
  bench.out(0x3f2, 0x0c);
  expect(bench.in(0x3f7)).toBe(0x80); // nothing stepped, and no motor is needed to see it
  expect(bench.seek(10)).toEqual([0x20, 10]);
  expect(bench.in(0x3f7)).toBe(0);
  bench.run(0xcf, 0, 5);
  expect(bench.run(0x08)).toEqual([0x20, 15]);
  bench.run(0x8f, 0, 20);
  expect(bench.run(0x08)).toEqual([0x20, 0]);
  bench.run(0x13, 0, 0x57, 0);
  expect(bench.run(0x56, 0, 40, 0, 18, 2, 18, 0x1b, 0xff)).toEqual([0x20, 0, 0, 41, 0, 1, 2]);
  expect(bench.run(0x08)).toEqual([0x80]);
});

test('a reset is told of all four drives; LOCK keeps the configuration through it', () => {
  const bench = new Bench();
  bench.run(0x13, 0, 0x57, 3);
  expect(bench.run(0x94)).toEqual([0x10]);
  for (const lock of [0x14, undefined]) {
    bench.out(0x3f2, 0);
    bench.out(0x3f2, 0x1c);
    expect(bench.in(0x3f4)).toBe(0);
    bench.clock.advance(100);
    expect(bench.isInterrupting).toBe(true);
    for (let drive = 0; drive < 4; drive++) expect(bench.run(0x08)).toEqual([0xc0 | drive, 0]);
    expect(bench.run(0x0e).slice(8)).toEqual(lock === undefined ? [0, 0] : [0x57, 3]);
    if (lock !== undefined) bench.run(lock);
  }
});

test('a look at the status ends a reset, as on QEMU: without an interrupt, and nothing is told', () => {
  const bench = new Bench();
  bench.out(0x3f2, 0x08);
  expect([bench.in(0x3f4), bench.in(0x3f2), bench.isInterrupting]).toEqual([0x80, 0x0c, false]);
  expect(bench.run(0x08)).toEqual([0x80]);
});

test('formats are told by the size of the image', () => {
  const kib = [160, 180, 320, 360, 720, 1200, 1440, 1680, 2880, 1, 1500];
  const found = kib.map((size) => {
    const { cylinders, heads, sectorsPerTrack, driveType } = floppyFormat(size * 1024);
    return [cylinders, heads, sectorsPerTrack, driveType].join('/');
  });
  expect(found).toEqual([
    '40/1/8/1',
    '40/1/9/1',
    '40/2/8/1',
    '40/2/9/1',
    '80/2/9/3',
    '80/2/15/2',
    '80/2/18/4',
    '80/2/21/4',
    '80/2/36/5',
    '80/2/18/4',
    '80/2/36/5',
  ]);
});
