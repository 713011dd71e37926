import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../../emulator/firmware/services.ts';
import { poweredOn } from '../bios-fixture.ts';

const TIME = SERVICE.time;
const TICKS_PHYSICAL = 0x46c;

describe('the tick count', () => {
  it('goes up with int 08h', () => {
    const { host, call } = poweredOn();
    const before = host.readDword(TICKS_PHYSICAL);
    call(SERVICE.tick);
    expect(host.readDword(TICKS_PHYSICAL)).toBe(before + 1);
  });

  it('starts over after 1800B0h ticks; int 1Ah/00h tells of midnight once', () => {
    const { host, call } = poweredOn();
    call(TIME, { ax: 0x0100, cx: 0x18, dx: 0x00ae });
    call(SERVICE.tick);
    call(TIME, { ax: 0 });
    expect([host.reg('al'), host.reg('cx'), host.reg('dx')]).toEqual([0, 0x18, 0x00af]);
    call(SERVICE.tick);
    call(TIME, { ax: 0 });
    expect([host.reg('al'), host.reg('cx'), host.reg('dx')]).toEqual([1, 0, 0]);
    call(TIME, { ax: 0 });
    expect(host.reg('al')).toBe(0);
  });
});

describe('int 1Ah', () => {
  it('02h reads the time of the CMOS clock in BCD', () => {
    const { host, call } = poweredOn();
    expect(call(TIME, { ax: 0x0200 }).carry).toBe(false);
    expect([host.reg('cx'), host.reg('dx'), host.reg('ax')]).toEqual([0x1305, 0x0900, 0x13]);
  });

  it('04h reads the date', () => {
    const { host, call } = poweredOn();
    call(TIME, { ax: 0x0400 });
    expect([host.reg('cx'), host.reg('dx')]).toEqual([0x2024, 0x0229]);
  });

  it('03h and 05h set them, and the clock goes on', () => {
    const { host, call } = poweredOn();
    call(TIME, { ax: 0x0300, cx: 0x2358, dx: 0x5900 });
    call(TIME, { ax: 0x0500, cx: 0x1999, dx: 0x1231 });
    host.icount += 61 * 1_193_182 * 4;
    call(TIME, { ax: 0x0200 });
    expect([host.reg('cx'), host.reg('dh')]).toEqual([0x0000, 0x00]);
    call(TIME, { ax: 0x0400 });
    expect([host.reg('cx'), host.reg('dx')]).toEqual([0x2000, 0x0101]);
  });

  it('an unknown function is an event and CF', () => {
    const { host, call } = poweredOn();
    expect(call(TIME, { ax: 0xb201 }).carry).toBe(true);
    expect(host.unhandledCalls).toEqual(['int 0x1a ah=0xb2']);
  });
});
