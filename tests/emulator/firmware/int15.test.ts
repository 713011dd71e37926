import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../emulator/firmware/services.ts';
import { numberedDisk, poweredOn } from './bios-fixture.ts';

const MIB = 1024 * 1024;
const TOP_BYTES = 0x20000;
const SMAP = 0x534d4150;
const SYSTEM = SERVICE.system;

function withMemory(memoryBytes: number) {
  return poweredOn(numberedDisk(), memoryBytes);
}

describe('int 15h tells the size of memory', () => {
  it.each([
    [1, 0],
    [16, 15 * 1024 - 128],
    [64, 63 * 1024 - 128],
    [96, 63 * 1024],
  ])('88h of %i MiB', (mib, kib) => {
    const { host, call } = withMemory(mib * MIB);
    call(SYSTEM, { ax: 0x8800 });
    expect(host.reg('ax')).toBe(kib);
  });

  it.each([
    [1, 0, 0],
    [16, 0x3b80, 0],
    [96, 0x3c00, 80 * 16 - 2],
  ])('E801h of %i MiB', (mib, below, above) => {
    const { host, call } = withMemory(mib * MIB);
    expect(call(SYSTEM, { ax: 0xe801 }).carry).toBe(false);
    expect((['ax', 'bx', 'cx', 'dx'] as const).map((name) => host.reg(name))).toEqual([below, above, below, above]);
  });

  it('E820h walks through ranges up to the ROM below 4 GiB', () => {
    const { host, call } = withMemory(16 * MIB);
    const ranges: number[][] = [];
    let index = 0;
    do {
      call(SYSTEM, { eax: 0xe820, ebx: index, ecx: 24, edx: SMAP, es: 0x100, di: 8 });
      ranges.push([0, 4, 8, 12, 16].map((offset) => host.readDword(0x1008 + offset)));
      index = host.reg('ebx');
    } while (index !== 0 && ranges.length < 8);
    expect(ranges).toEqual([
      [0, 0, 0x9fc00, 0, 1],
      [0x9fc00, 0, 0x400, 0, 2],
      [0xf0000, 0, 0x10000, 0, 2],
      [0x100000, 0, 15 * MIB - TOP_BYTES, 0, 1],
      [16 * MIB - TOP_BYTES, 0, TOP_BYTES, 0, 2],
      [0xfffc0000, 0, 0x40000, 0, 2],
    ]);
  });
});

describe('int 15h', () => {
  it('2400h and 2401h switch the A20 gate without resetting the processor', () => {
    const { host, call } = poweredOn();
    call(SYSTEM, { ax: 0x2400 });
    expect(host.a20.isEnabled).toBe(false);
    call(SYSTEM, { ax: 0x2401 });
    expect(host.a20.isEnabled).toBe(true);
    expect(host.resets).toEqual([]);
  });

  it('86h waits as long as its microseconds last', () => {
    const { host, call } = poweredOn();
    expect(call(SYSTEM, { ax: 0x8600, cx: 1, dx: 0 }).stubCarry).toBe(true); // 65536 us = 78197 PIT clocks
    host.icount = 78197 * 4 - 1;
    expect(call(SERVICE.systemWait).stubCarry).toBe(true);
    host.icount += 1;
    expect(call(SERVICE.systemWait).stubCarry).toBe(false);
  });

  it('86h of no time is over at once', () => {
    expect(poweredOn().call(SYSTEM, { ax: 0x8600, cx: 0, dx: 0 }).stubCarry).toBe(false);
  });

  it('87h copies between the bases of its descriptors', () => {
    const { host, call } = poweredOn();
    host.memory.set([0xff, 0xff, 0x00, 0x50, 0x00, 0x93, 0, 0], 0x2010);
    host.memory.set([0xff, 0xff, 0x00, 0x00, 0x20, 0x93, 0, 0], 0x2018);
    host.memory.set([1, 2, 3, 4, 5, 6], 0x5000);
    expect(call(SYSTEM, { ax: 0x8700, cx: 2, es: 0x200, si: 0 }).carry).toBe(false);
    expect([...host.memory.subarray(0x200000, 0x200006)]).toEqual([1, 2, 3, 4, 0, 0]);
    expect(host.reg('ah')).toBe(0);
  });

  it('an unknown function is an event, AH = 86h and CF', () => {
    const { host, call } = poweredOn();
    expect(call(SYSTEM, { ax: 0x8900 }).carry).toBe(true);
    expect(host.reg('ax')).toBe(0x8600);
    expect(host.unhandledCalls).toEqual(['int 0x15 ax=0x8900']);
  });

  it('C0h points at the configuration table', () => {
    const { host, call } = poweredOn();
    call(SYSTEM, { ax: 0xc000 });
    const table = host.reg('es') * 16 + host.reg('bx');
    expect([host.readWord(table), host.readByte(table + 2)]).toEqual([8, 0xfc]);
  });
});
