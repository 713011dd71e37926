import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../emulator/firmware/services.ts';
import { poweredOn } from './bios-fixture.ts';

const TICK_ICOUNT = 65536 * 4;

describe('int 14h', () => {
  it('00h sets baud rate and format: 9600 baud, 8 bits, no parity', () => {
    const { host, call } = poweredOn();
    call(SERVICE.serial, { ax: 0x00e3, dx: 0 });
    host.writePort(0x3fb, 0x83);
    expect([host.readPort(0x3f8), host.readPort(0x3f9)]).toEqual([12, 0]);
    host.writePort(0x3fb, 0x03);
    expect(host.reg('ah')).toBe(0x60);
  });

  it('01h sends the byte and answers with the line status before it', () => {
    const { host, call } = poweredOn();
    const { carry, stubCarry } = call(SERVICE.serial, { ax: 0x0141, dx: 0 });
    expect(host.sent).toEqual([0x41]);
    expect([carry, stubCarry, host.reg('ax')]).toEqual([false, false, 0x6041]);
  });

  it('02h waits for a byte and takes it', () => {
    const { host, call } = poweredOn();
    expect(call(SERVICE.serial, { ax: 0x0200, dx: 0 }).stubCarry).toBe(true);
    expect(call(SERVICE.serialWait).stubCarry).toBe(true);
    host.com1.receive(Uint8Array.of(0x5a));
    host.scheduler.runDue();
    expect(call(SERVICE.serialWait).stubCarry).toBe(false);
    expect([host.reg('al'), host.reg('ah') & 0x81]).toEqual([0x5a, 0x01]);
  });

  it('02h times out after the ticks of 40:7C and leaves AL', () => {
    const { host, call } = poweredOn();
    call(SERVICE.serial, { ax: 0x0255, dx: 0 });
    host.icount = 10 * TICK_ICOUNT - 1;
    expect(call(SERVICE.serialWait).stubCarry).toBe(true);
    host.icount = 10 * TICK_ICOUNT;
    expect(call(SERVICE.serialWait).stubCarry).toBe(false);
    expect(host.reg('ax')).toBe(0xe055);
  });

  it('a port that is not there changes nothing but CF', () => {
    const { host, call } = poweredOn();
    expect(call(SERVICE.serial, { ax: 0x0300, dx: 1 }).carry).toBe(true);
    expect(host.reg('ax')).toBe(0x0300);
  });
});
