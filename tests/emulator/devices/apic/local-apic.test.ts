import { describe, expect, test } from 'vitest';
import { LocalApic } from '../../../../emulator/devices/apic/local-apic.ts';
import { TestClock } from '../../time/test-clock.ts';

const BUS_CLOCKS = 838; // to a clock of the PIT

function setUp() {
  const clock = new TestClock();
  const ended: number[] = [];
  const pages: (number | undefined)[] = [];
  const apic = new LocalApic({
    clock: clock.scheduler,
    instructionsPerPitClock: 1,
    onChange: () => undefined,
    onEndOfInterrupt: (vector) => ended.push(vector),
    onMove: (first) => pages.push(first),
  });
  const claim = apic.claim(0);
  const write = (offset: number, value: number) => claim.write(offset, 4, value >>> 0);
  const read = (offset: number) => claim.read(offset, 4);
  return { clock, apic, ended, pages, write, read };
}

describe('priorities', () => {
  test('the highest request comes first and holds back its class and those below until EOI', () => {
    const { apic, write, read } = setUp();
    for (const vector of [0x41, 0x72, 0x75, 0x81]) apic.accept(vector, false);
    expect(apic.acknowledge()).toBe(0x81);
    expect([apic.isRequesting, read(0xa0)]).toEqual([false, 0x80]);
    write(0xb0, 0);
    expect(apic.acknowledge()).toBe(0x75);
    expect([read(0x130) & 0x200000, apic.isRequesting]).toEqual([0x200000, false]);
    apic.accept(0x90, false);
    expect(apic.acknowledge()).toBe(0x90);
    write(0xb0, 0);
    write(0xb0, 0);
    expect(apic.acknowledge()).toBe(0x72);
  });

  test('the task priority holds back its class and those below', () => {
    const { apic, write } = setUp();
    apic.accept(0x51, false);
    write(0x80, 0x50);
    expect(apic.isRequesting).toBe(false);
    expect(apic.acknowledge()).toBe(0xff); // spurious
    write(0x80, 0x4f);
    expect(apic.acknowledge()).toBe(0x51);
  });

  test('switched off by software or by APIC_BASE it asks for nothing', () => {
    const { apic, write, pages } = setUp();
    apic.accept(0x51, false);
    write(0xf0, 0x0ff);
    expect(apic.isRequesting).toBe(false);
    write(0xf0, 0x1ff);
    apic.base = 0xfee0_0000;
    expect([apic.isRequesting, apic.passesExternal, pages.at(-1)]).toEqual([false, true, undefined]);
    apic.base = 0xfed0_0800;
    expect([apic.isRequesting, pages.at(-1), apic.base]).toEqual([true, 0xfed0_0000, 0xfed0_0900]);
  });

  test('vectors below 16 are an error that ESR shows once it is written', () => {
    const { apic, write, read } = setUp();
    apic.accept(5, false);
    write(0x300, 0x40004);
    expect([apic.isRequesting, read(0x280)]).toEqual([false, 0]);
    write(0x280, 0);
    expect(read(0x280)).toBe(0x60);
    write(0x280, 0);
    expect(read(0x280)).toBe(0);
  });

  test('the end of a level-triggered interrupt is told, of an edge not', () => {
    const { apic, write, ended, read } = setUp();
    apic.accept(0x61, true);
    apic.acknowledge();
    expect(read(0x1b0)).toBe(2);
    write(0xb0, 0);
    apic.accept(0x61, false);
    apic.acknowledge();
    write(0xb0, 0);
    expect(ended).toEqual([0x61]);
  });
});

describe('the timer', () => {
  test.each([
    [0x0, 2],
    [0x3, 16],
    [0xa, 128],
    [0xb, 1],
  ])('divided by code %i counts one in %i bus clocks', (code, divisor) => {
    const { clock, write, read } = setUp();
    write(0x3e0, code);
    write(0x380, 1_000_000);
    clock.icount += 1000;
    expect(read(0x390)).toBe(1_000_000 - Math.floor((1000 * BUS_CLOCKS) / divisor));
  });

  test('one-shot interrupts once, at zero', () => {
    const { clock, apic, write, read } = setUp();
    write(0x3e0, 0xb);
    write(0x320, 0x40);
    write(0x380, 10 * BUS_CLOCKS);
    clock.advance(9);
    expect([apic.isRequesting, read(0x390)]).toEqual([false, BUS_CLOCKS]);
    clock.advance(1);
    expect([apic.acknowledge(), read(0x390)]).toEqual([0x40, 0]);
    write(0xb0, 0);
    clock.advance(100_000);
    expect(apic.isRequesting).toBe(false);
  });

  test('periodic goes on, masked counts without a word, a count of 0 stops it', () => {
    const { clock, apic, write, read } = setUp();
    write(0x3e0, 0xb);
    write(0x320, 0x2_0040);
    write(0x380, 10 * BUS_CLOCKS - 1);
    const taken = () => {
      if (!apic.isRequesting) return false;
      apic.acknowledge();
      write(0xb0, 0);
      return true;
    };
    const ticks = Array.from({ length: 35 }, () => {
      clock.advance(1);
      return taken();
    });
    expect(ticks.filter((isTick) => isTick).length).toBe(3);
    write(0x320, 0x3_0040);
    clock.advance(20);
    expect([taken(), read(0x390) > 0]).toEqual([false, true]);
    write(0x320, 0x2_0040);
    write(0x380, 0);
    clock.advance(100);
    expect([taken(), read(0x390)]).toEqual([false, 0]);
  });
});

describe('who a message is for', () => {
  test('physically its number or everybody', () => {
    const { apic, write } = setUp();
    write(0x20, 0x0300_0000);
    expect([3, 0xff, 0, 2].map((destination) => apic.isAddressed(destination, false))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('logically a bit of the flat model, or cluster and bit', () => {
    const { apic, write } = setUp();
    write(0xd0, 0x2400_0000);
    expect([0x04, 0x20, 0x41].map((destination) => apic.isAddressed(destination, true))).toEqual([true, true, false]);
    write(0xe0, 0x0fff_ffff);
    const clusters = [0x24, 0x25, 0xf4, 0x34, 0x22].map((destination) => apic.isAddressed(destination, true));
    expect(clusters).toEqual([true, true, true, false, false]);
  });

  test('the command register reaches itself by shorthand and by destination, and nobody else is there', () => {
    const { apic, write } = setUp();
    const sent = (high: number, low: number) => {
      write(0x310, high);
      write(0x300, low);
      const isTaken = apic.isRequesting && apic.acknowledge() === 0x55;
      if (isTaken) write(0xb0, 0);
      return isTaken;
    };
    expect([sent(0, 0x4_0055), sent(0, 0x8_0055), sent(0, 0x55), sent(0xff00_0000, 0x55)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([sent(0, 0xc_0055), sent(0x0100_0000, 0x55), sent(0, 0x4_0555), sent(0, 0x4_0655)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

test('registers are whole dwords: parts of them can be read, not written', () => {
  const { apic } = setUp();
  const claim = apic.claim(0);
  claim.write(0x80, 1, 0x55);
  claim.write(0x84, 4, 0x55);
  expect([claim.read(0x80, 4), claim.read(0x32, 1), claim.read(0x30, 2), claim.read(0x34, 4)]).toEqual([0, 5, 0x14, 0]);
});
