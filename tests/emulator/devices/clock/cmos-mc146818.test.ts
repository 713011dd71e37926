import { describe, expect, it } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { CmosMc146818 } from '../../../../emulator/devices/clock/cmos-mc146818.ts';
import { TestClock } from '../../time/test-clock.ts';

const MIB = 1024 * 1024;
const SECOND_ICOUNT = 1_193_182 * 2;

function setUp({ memoryBytes = 64 * MIB, hour = 13 } = {}) {
  const clock = new TestClock();
  const line = { level: false, edges: 0 };
  const cmos = new CmosMc146818({
    clock: clock.scheduler,
    instructionsPerPitClock: 2,
    date: { year: 2024, month: 2, day: 28, hour, minute: 59, second: 57 },
    memoryBytes,
    floppyTypes: [4, 2],
    disks: [
      { cylinders: 260, heads: 16, sectorsPerTrack: 63 },
      { cylinders: 100, heads: 8, sectorsPerTrack: 17 },
    ],
    bootOrder: [3, 2, 1],
    irq8: {
      set: (isAsserted) => {
        if (isAsserted && !line.level) line.edges++;
        line.level = isAsserted;
      },
    },
  });
  const ports = new PortSpace((what) => expect.fail(what));
  for (const claim of cmos.claims()) ports.claim(claim);
  const read = (index: number) => {
    ports.write(0x70, 1, index);
    return ports.read(0x71, 1);
  };
  const write = (index: number, value: number) => {
    ports.write(0x70, 1, index);
    ports.write(0x71, 1, value);
  };
  /** Century, year, month, day, weekday, hour, minute, second as a row of hex digits. */
  const time = () => [0x32, 9, 8, 7, 6, 4, 2, 0].map((index) => read(index).toString(16).padStart(2, '0')).join(' ');
  return {
    clock,
    line,
    ports,
    read,
    write,
    time,
    seconds: (count: number) => clock.advance(count * SECOND_ICOUNT),
  };
}

describe('clock', () => {
  it('registers 10h and 14h tell the diskette drives, 38h and 3Dh the boot order', () => {
    const { read } = setUp();
    expect([read(0x10), read(0x14)]).toEqual([0x42, 0x47]);
    expect([read(0x3d), read(0x38)]).toEqual([0x23, 0x10]);
  });

  it('shows the date of the machine in BCD and 24 hours', () => {
    expect(setUp().time()).toBe('20 24 02 28 04 13 59 57');
  });

  it('advances by one second every 1193182 PIT clocks, exactly', () => {
    const { clock, read } = setUp();
    clock.advance(SECOND_ICOUNT - 1);
    expect(read(0)).toBe(0x57);
    clock.advance(1);
    expect(read(0)).toBe(0x58);
  });

  it('carries over midnight into a leap day, and a year later into March', () => {
    const { time, seconds } = setUp({ hour: 23 });
    seconds(3);
    expect(time()).toBe('20 24 02 29 05 00 00 00');
    seconds(365 * 86_400);
    expect(time()).toBe('20 25 02 28 06 00 00 00');
    seconds(86_400);
    expect(time()).toBe('20 25 03 01 07 00 00 00');
  });

  it('sets update-in-progress for the last 2228 us of a second', () => {
    const { clock, read } = setUp();
    clock.advance((1_193_182 - 2658) * 2 - 1);
    expect(read(0x0a)).toBe(0x26);
    clock.advance(1);
    expect(read(0x0a)).toBe(0xa6);
    clock.advance(2658 * 2);
    expect(read(0x0a)).toBe(0x26);
  });

  it('stands still while SET is on, takes the registers in any order, and runs on from them', () => {
    const { write, read, time, seconds } = setUp();
    write(0x0b, 0x82);
    seconds(5);
    expect(read(0)).toBe(0x57);
    for (const [index, value] of [
      [7, 0x31],
      [8, 0x12],
      [9, 0x99],
      [0x32, 0x19],
      [4, 0x23],
      [2, 0x59],
      [0, 0x59],
    ]) {
      write(index, value);
    }
    write(0x0b, 0x02);
    expect(time()).toBe('19 99 12 31 06 23 59 59');
    seconds(1);
    expect(time()).toBe('20 00 01 01 07 00 00 00');
  });

  it('takes a field while it runs without losing the fraction of the second', () => {
    const { clock, write, read } = setUp();
    clock.advance(SECOND_ICOUNT - 1);
    write(0, 0x10);
    expect(read(0)).toBe(0x10);
    clock.advance(1);
    expect(read(0)).toBe(0x11);
  });

  it('gives binary values and 12-hour time on request', () => {
    const { write, read } = setUp();
    write(0x0b, 0x00);
    expect(read(4)).toBe(0x81); // 1 pm
    write(0x0b, 0x06);
    expect([read(9), read(2), read(4)]).toEqual([24, 59, 13]);
  });

  it('midnight and noon are 12 am and 12 pm', () => {
    for (const [hour, expected] of [
      [0, 0x12],
      [12, 0x92],
    ]) {
      const { write, read } = setUp({ hour });
      write(0x0b, 0x00);
      expect(read(4)).toBe(expected);
      write(4, expected);
      write(0x0b, 0x02);
      expect(read(4)).toBe(hour === 0 ? 0x00 : 0x12);
    }
  });
});

describe('flags and interrupts', () => {
  const PERIODIC = 0x40;
  const ALARM = 0x20;
  const UPDATED = 0x10;
  const INTERRUPTING = 0x80;

  it('flags come whether they interrupt or not, and reading register C takes them back', () => {
    const { read, seconds } = setUp();
    seconds(1);
    expect([read(0x0c), read(0x0c)]).toEqual([PERIODIC | UPDATED, 0]);
    seconds(0.5);
    expect(read(0x0c)).toBe(PERIODIC);
  });

  it('the periodic one comes as often as the rate says, and again only after register C was read', () => {
    const { line, read, write, seconds, clock } = setUp();
    write(0x0b, 0x02 | PERIODIC);
    write(0x0a, 0x26); // 1024 Hz
    read(0x0c);
    let acknowledged = 0;
    for (let step = 0; step < 10_000; step++) {
      clock.advance(SECOND_ICOUNT / 10_000);
      if (line.level) acknowledged += read(0x0c) === (INTERRUPTING | PERIODIC) ? 1 : 0;
    }
    expect(acknowledged).toBeGreaterThanOrEqual(1022);
    expect(acknowledged).toBeLessThanOrEqual(1024);
    const { edges } = line;
    seconds(1);
    expect(line.edges - edges).toBeLessThanOrEqual(1);
    write(0x0a, 0x20); // never
    read(0x0c);
    seconds(2);
    expect([line.level, read(0x0c) & PERIODIC]).toEqual([false, 0]);
  });

  it('the alarm rings once at its second, minute and hour, FFh being any', () => {
    const { line, read, write, seconds } = setUp();
    write(0x05, 0xff);
    write(0x03, 0x00);
    write(0x01, 0x02);
    write(0x0b, 0x02 | ALARM);
    read(0x0c);
    seconds(4); // 13:59:57 to 14:00:01
    expect([line.level, read(0x0c) & ALARM]).toEqual([false, 0]);
    seconds(1);
    expect([line.level, read(0x0c)]).toEqual([true, INTERRUPTING | PERIODIC | ALARM | UPDATED]);
    seconds(3599);
    expect(line.edges).toBe(1);
    seconds(1);
    expect(line.edges).toBe(2);
  });

  it('the update-ended one comes each second, but not while the time is being set, which also disables it', () => {
    const { line, read, write, seconds } = setUp();
    write(0x0b, 0x02 | UPDATED);
    seconds(1);
    expect([line.level, read(0x0c) & UPDATED, line.level]).toEqual([true, UPDATED, false]);
    write(0x0b, 0x82 | UPDATED);
    expect(read(0x0b)).toBe(0x82);
    seconds(5);
    expect([line.level, read(0x0c) & UPDATED]).toEqual([false, 0]);
  });

  it('a flag that is up interrupts as soon as it is enabled', () => {
    const { line, write, seconds } = setUp();
    seconds(1);
    write(0x0b, 0x02 | PERIODIC);
    expect(line.level).toBe(true);
    write(0x0b, 0x02);
    expect(line.level).toBe(false);
  });
});

describe('RAM', () => {
  it('tells the memory size in all three forms', () => {
    const { read } = setUp();
    const word = (index: number) => read(index) | (read(index + 1) << 8);
    expect([word(0x15), word(0x17), word(0x30), word(0x34)]).toEqual([640, 63 * 1024, 63 * 1024, 48 * 16]);
  });

  it('caps the extended memory at 65535 KiB and knows memories below 16 MiB', () => {
    const large = setUp({ memoryBytes: 1024 * MIB });
    expect([large.read(0x30), large.read(0x31), large.read(0x34), large.read(0x35)]).toEqual([0xff, 0xff, 0x00, 0x3f]);
    const small = setUp({ memoryBytes: 2 * MIB });
    expect([small.read(0x30), small.read(0x31), small.read(0x34), small.read(0x35)]).toEqual([0x00, 0x04, 0, 0]);
  });

  it('tells of the first two disks as the firmware of QEMU is told', () => {
    const { read } = setUp();
    expect([read(0x12), read(0x19), read(0x1a)]).toEqual([0xff, 0x2f, 0x2f]);
    const bytes = (first: number) => Array.from({ length: 9 }, (_, index) => read(first + index));
    expect(bytes(0x1b)).toEqual([0x04, 0x01, 16, 0xff, 0xff, 0xc8, 0x04, 0x01, 63]);
    expect(bytes(0x24)).toEqual([100, 0, 8, 0xff, 0xff, 0xc0, 100, 0, 17]);
  });

  it('keeps bytes up to 7Fh and ignores the NMI bit of the index', () => {
    const { read, write } = setUp();
    write(0xff, 0x5a);
    expect([read(0x7f), read(0xff)]).toEqual([0x5a, 0x5a]);
  });

  it('status D says that the battery is good, whatever is written there', () => {
    const { read, write } = setUp();
    write(0x0d, 0);
    write(0x0c, 0xff);
    expect([read(0x0d), read(0x0c)]).toEqual([0x80, 0x00]);
  });

  it('the index port cannot be read', () => {
    expect(setUp().ports.read(0x70, 1)).toBe(0xff);
  });
});
