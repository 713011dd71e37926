import { expect, test } from 'vitest';
import { poweredOn } from './bios-fixture.ts';

const FLAG = 0x900;
const SERVICE = { tick: 0x08, system: 0x15, clockService: 0x1a, clock: 0x70 } as const;

test('int 15h/83h sets bit 7 of the flag with the tick at which its time is over, and no sooner', () => {
  const { host, call } = poweredOn();
  call(SERVICE.system, { ax: 0x8300, cx: 0x0001, dx: 0x86a0, es: 0, bx: FLAG }); // 100 ms
  call(SERVICE.tick);
  expect([host.readByte(FLAG), host.readByte(0x4a0)]).toEqual([0, 1]);
  call(SERVICE.tick);
  expect([host.readByte(FLAG), host.readByte(0x4a0)]).toEqual([0x80, 0]);
});

test('int 15h/8301h ends the wait, and the flag stays clear', () => {
  const { host, call } = poweredOn();
  call(SERVICE.system, { ax: 0x8300, cx: 0, dx: 1, es: 0, bx: FLAG });
  expect(call(SERVICE.system, { ax: 0x8301 }).carry).toBe(false);
  call(SERVICE.tick);
  expect(host.readByte(FLAG)).toBe(0);
});

test('int 1Ah/06h puts the alarm into the clock and lets IRQ 8 through; 07h takes it back', () => {
  const { host, call } = poweredOn();
  host.writePort(0xa1, 0xff);
  expect(call(SERVICE.clockService, { ax: 0x0600, cx: 0x1306, dx: 0x1000 }).carry).toBe(false);
  const read = (register: number): number => {
    host.writePort(0x70, register);
    return host.readPort(0x71);
  };
  expect([5, 3, 1].map(read)).toEqual([0x13, 0x06, 0x10]);
  expect([read(0x0b) & 0x20, host.readPort(0xa1) & 1]).toEqual([0x20, 0]);
  call(SERVICE.clockService, { ax: 0x0700 });
  expect(read(0x0b) & 0x20).toBe(0);
});

test('IRQ 8 without an alarm calls no alarm', () => {
  expect(poweredOn().call(SERVICE.clock).stubCarry).toBe(false);
});
